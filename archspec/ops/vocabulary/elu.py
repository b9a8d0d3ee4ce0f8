"""`elu`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Finite


class Elu(FloatingOperation):
    """`x` where it is above 0, else `alpha * (exp(x) - 1)`, of each number."""

    torch: ClassVar = "nn.ELU"
    activates: ClassVar = True

    alpha: Finite = 1.0
    inplace: bool = False

    def can_overwrite(self) -> bool:
        """Say no where it turns signs: what stood there cannot be told from what comes out."""
        return self.alpha >= 0
