"""`cos`."""

from typing import ClassVar

from archspec.ops.elementwise import ConvertingMethod


class Cos(ConvertingMethod):
    """The cosine of each number, an angle in radians."""

    torch: ClassVar = "torch.cos"
    activates: ClassVar = True
