"""`logical_xor`."""

from typing import ClassVar

from archspec.ops.comparisons import LogicalOfTwo


class LogicalXor(LogicalOfTwo):
    """Whether one is true and the other is not, in each place; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_xor"
