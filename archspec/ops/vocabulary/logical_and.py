"""`logical_and`."""

from typing import ClassVar

from archspec.ops.comparisons import LogicalOfTwo


class LogicalAnd(LogicalOfTwo):
    """Whether both are true, in each place; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_and"
