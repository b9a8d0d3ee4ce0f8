"""`amin`."""

from typing import ClassVar

from archspec.ops.reductions import Reduction


class Amin(Reduction):
    """The smallest number over one dimension, several, or all."""

    torch: ClassVar = "torch.amin"
    every: ClassVar = "dim=()"
