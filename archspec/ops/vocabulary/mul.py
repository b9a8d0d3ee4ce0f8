"""`mul`."""

from typing import ClassVar

from archspec.ops.joins import Join


class Mul(Join):
    """The product of its inputs, and of `other`, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.mul"
    operator: ClassVar = "*"
    multiplies: ClassVar = True
