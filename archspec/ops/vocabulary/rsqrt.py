"""`rsqrt`."""

from typing import ClassVar

from archspec.ops.elementwise import ConvertingMethod


class Rsqrt(ConvertingMethod):
    """1 over the square root of each number."""

    torch: ClassVar = "torch.rsqrt"
