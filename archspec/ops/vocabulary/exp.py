"""`exp`."""

from typing import ClassVar

from archspec.ops.elementwise import ConvertingMethod


class Exp(ConvertingMethod):
    """`e` to the power of each number."""

    torch: ClassVar = "torch.exp"
