"""`mish`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class Mish(FloatingOperation):
    """`x * tanh(log(1 + exp(x)))` of each number."""

    torch: ClassVar = "nn.Mish"
    activates: ClassVar = True

    inplace: bool = False
