"""`hardsigmoid`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class Hardsigmoid(FloatingOperation):
    """`min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardsigmoid"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False
