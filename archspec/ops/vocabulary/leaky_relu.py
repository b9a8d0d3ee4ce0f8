"""`leaky_relu`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Finite


class LeakyRelu(FloatingOperation):
    """`x` where it is above 0, else `negative_slope * x`, of each number."""

    torch: ClassVar = "nn.LeakyReLU"
    activates: ClassVar = True

    negative_slope: Finite = 0.01
    inplace: bool = False

    def can_overwrite(self) -> bool:
        """Say no where it turns signs: what stood there cannot be told from what comes out."""
        return self.negative_slope >= 0
