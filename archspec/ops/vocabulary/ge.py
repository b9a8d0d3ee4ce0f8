"""`ge`."""

from typing import ClassVar

from archspec.ops.comparisons import Comparison


class Ge(Comparison):
    """Whether each number is at least the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.ge"
    operator: ClassVar = ">="
