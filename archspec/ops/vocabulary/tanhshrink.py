"""`tanhshrink`."""

from typing import ClassVar

from archspec.ops.activation import ConvertingNumericOperation


class Tanhshrink(ConvertingNumericOperation):
    """`x - tanh(x)` of each number."""

    torch: ClassVar = "nn.Tanhshrink"
    activates: ClassVar = True
