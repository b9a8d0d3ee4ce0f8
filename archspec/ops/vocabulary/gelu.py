"""`gelu`."""

from typing import ClassVar, Literal

from archspec.ops.activation import FloatingOperation


class Gelu(FloatingOperation):
    """`x * Phi(x)` of each number, where `Phi` is the normal distribution's."""

    torch: ClassVar = "nn.GELU"
    activates: ClassVar = True

    approximate: Literal["none", "tanh"] = "none"
