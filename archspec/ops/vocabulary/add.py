"""`add`."""

from typing import ClassVar

from archspec.ops.joins import Join


class Add(Join):
    """The sum of its inputs, and of `other`, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.add"
    adds: ClassVar = True
    operator: ClassVar = "+"
