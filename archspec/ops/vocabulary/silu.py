"""`silu`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class Silu(FloatingOperation):
    """`x * sigmoid(x)` of each number, also called swish."""

    torch: ClassVar = "nn.SiLU"
    activates: ClassVar = True

    inplace: bool = False
