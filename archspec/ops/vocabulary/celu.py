"""`celu`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Positive


class Celu(FloatingOperation):
    """`max(0, x) + min(0, alpha * (exp(x / alpha) - 1))` of each number."""

    torch: ClassVar = "nn.CELU"
    activates: ClassVar = True

    alpha: Positive = 1.0
    inplace: bool = False
