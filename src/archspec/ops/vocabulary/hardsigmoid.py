"""`hardsigmoid`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class Hardsigmoid(FloatingOperation):
    """`min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardsigmoid"

    inplace: bool = False
