"""`threshold`."""

from typing import ClassVar

from archspec.ops.activation import NumericOperation
from archspec.ops.fields import Finite


class Threshold(NumericOperation):
    """`x` where it is above `threshold`, else `value`, of each number."""

    torch: ClassVar = "nn.Threshold"
    activates: ClassVar = True
    arguments: ClassVar = {
        "threshold": "Numbers above this stay as they are.",
        "value": "What comes out in place of the others.",
    }

    threshold: Finite
    value: Finite
    inplace: bool = False
