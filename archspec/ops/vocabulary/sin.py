"""`sin`."""

from typing import ClassVar

from archspec.ops.elementwise import ConvertingMethod


class Sin(ConvertingMethod):
    """The sine of each number, an angle in radians."""

    torch: ClassVar = "torch.sin"
    activates: ClassVar = True
