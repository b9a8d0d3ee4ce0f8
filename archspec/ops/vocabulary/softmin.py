"""`softmin`."""

from typing import ClassVar

from archspec.ops.along import AlongDimension


class Softmin(AlongDimension):
    """`exp(-x)` of each number, divided by their sum along `dim`."""

    torch: ClassVar = "nn.Softmin"
    never_negative: ClassVar = True
