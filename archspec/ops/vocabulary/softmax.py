"""`softmax`."""

from typing import ClassVar

from archspec.ops.along import AlongDimension


class Softmax(AlongDimension):
    """`exp(x)` of each number, divided by their sum along `dim`."""

    torch: ClassVar = "nn.Softmax"
    never_negative: ClassVar = True
