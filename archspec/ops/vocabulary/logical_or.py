"""`logical_or`."""

from typing import ClassVar

from archspec.ops.comparisons import LogicalOfTwo


class LogicalOr(LogicalOfTwo):
    """Whether one or both are true, in each place; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_or"
