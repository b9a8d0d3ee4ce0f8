"""`amax`."""

from typing import ClassVar

from archspec.ops.reductions import Reduction


class Amax(Reduction):
    """The largest number over one dimension, several, or all."""

    torch: ClassVar = "torch.amax"
    every: ClassVar = "dim=()"
