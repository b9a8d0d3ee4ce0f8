"""`all`."""

from typing import ClassVar

from archspec.ops.reductions import TruthOf


class All(TruthOf):
    """Whether every one is true over one dimension, several, or all.

    A number other than 0 is true.
    """

    torch: ClassVar = "torch.all"
