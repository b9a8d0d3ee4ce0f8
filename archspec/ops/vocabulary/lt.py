"""`lt`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Lt(Comparison):
    """Whether each number is less than the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.lt"
    operator: ClassVar = "<"
