"""`minimum`."""

from typing import ClassVar

from archspec.ops.extremes import Extreme


class Minimum(Extreme):
    """The smaller one of two numbers, or of each and `other`; sizes of 1 expand."""

    torch: ClassVar = "torch.minimum"
    bound: ClassVar = "max"
