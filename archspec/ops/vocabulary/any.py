"""`any`."""

from typing import ClassVar

from archspec.ops.reductions import TruthOf


class Any(TruthOf):
    """Whether one or more are true over one dimension, several, or all.

    A number other than 0 is true.
    """

    torch: ClassVar = "torch.any"
