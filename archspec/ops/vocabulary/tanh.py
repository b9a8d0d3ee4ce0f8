"""`tanh`."""

from typing import ClassVar

from archspec.ops.activation import ConvertingOperation


class Tanh(ConvertingOperation):
    """`tanh(x)` of each number."""

    torch: ClassVar = "nn.Tanh"
    activates: ClassVar = True
