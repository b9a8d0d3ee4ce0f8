"""`hardswish`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class Hardswish(FloatingOperation):
    """`x * min(max(x + 3, 0), 6) / 6` of each number."""

    torch: ClassVar = "nn.Hardswish"
    activates: ClassVar = True

    inplace: bool = False
