"""`ne`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Ne(Comparison):
    """Whether each number is not equal to the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.ne"
    operator: ClassVar = "!="
