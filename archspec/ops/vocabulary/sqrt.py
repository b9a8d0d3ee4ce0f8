"""`sqrt`."""

from typing import ClassVar

from archspec.ops.elementwise import ConvertingMethod


class Sqrt(ConvertingMethod):
    """The square root of each number."""

    torch: ClassVar = "torch.sqrt"
