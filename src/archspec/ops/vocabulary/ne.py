"""`ne`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Ne(Comparison):
    """Whether each number differs from the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.ne"
    operator: ClassVar = "!="
