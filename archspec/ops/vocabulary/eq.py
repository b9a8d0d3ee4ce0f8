"""`eq`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Eq(Comparison):
    """Whether each number equals the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.eq"
    operator: ClassVar = "=="
