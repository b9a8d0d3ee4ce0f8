"""`var`."""

from typing import ClassVar

from archspec.ops.reductions import Spread


class Var(Spread):
    """The variance over one dimension, several, or all: the mean square distance to the mean.

    The squares are summed and divided by their number less `correction`, which must leave more
    than 0: PyTorch warns, and gives what is no number.
    """

    torch: ClassVar = "torch.var"
