"""`gt`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Gt(Comparison):
    """Whether each number is greater than the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.gt"
    operator: ClassVar = ">"
