"""`threshold`."""

from typing import ClassVar

from archspec.ops.activation import BoundingOperation
from archspec.ops.fields import Extended


class Threshold(BoundingOperation):
    """`x` where it is above `threshold`, else `value`, of each number."""

    torch: ClassVar = "nn.Threshold"
    activates: ClassVar = True
    bounds: ClassVar = ("threshold", "value")
    arguments: ClassVar = {
        "threshold": "Numbers above this stay as they are.",
        "value": "What comes out in place of the others.",
    }

    threshold: Extended
    value: Extended
    inplace: bool = False
