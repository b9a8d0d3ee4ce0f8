"""`le`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Le(Comparison):
    """Whether each number is at most the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.le"
    operator: ClassVar = "<="
