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
