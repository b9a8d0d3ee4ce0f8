"""`std`."""

from typing import ClassVar

from archspec.ops.reductions import Spread


class Std(Spread):
    """The standard deviation over one dimension, several, or all: the root of the variance.

    The squares are summed and divided by their number less `correction`, which must leave more
    than 0: PyTorch warns, and gives what is no number.
    """

    torch: ClassVar = "torch.std"
