"""`maximum`."""

from typing import ClassVar

from archspec.ops.extremes import Extreme


class Maximum(Extreme):
    """The larger one of two numbers, or of each and `other`; sizes of 1 expand."""

    torch: ClassVar = "torch.maximum"
    bound: ClassVar = "min"
