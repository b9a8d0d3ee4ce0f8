"""`selu`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class Selu(FloatingOperation):
    """`scale * x` of each number above 0, else `scale * alpha * (exp(x) - 1)`.

    `alpha` is 1.6733 and `scale` 1.0507: with them numbers keep a mean of 0 and a variance of 1
    through many layers (Klambauer et al., 2017).
    """

    torch: ClassVar = "nn.SELU"
    activates: ClassVar = True

    inplace: bool = False
