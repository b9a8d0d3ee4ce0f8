"""`softplus`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Extended, Positive


class Softplus(FloatingOperation):
    """`log(1 + exp(beta * x)) / beta` of each number.

    Where `beta * x` is above `threshold`, `x` itself, which is the same but for rounding.
    """

    torch: ClassVar = "nn.Softplus"
    activates: ClassVar = True
    never_negative: ClassVar = True
    arguments: ClassVar = {
        "beta": "What the input is multiplied by before, and divided by after.",
        "threshold": "Above which `beta * x` the input is taken for the result.",
    }

    beta: Positive = 1.0
    threshold: Extended = 20.0
