"""`logical_not`."""

from typing import ClassVar

from archspec.ops.comparisons import TruthFunction


class LogicalNot(TruthFunction):
    """Whether each is not true; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_not"
