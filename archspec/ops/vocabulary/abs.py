"""`abs`."""

from typing import ClassVar

from archspec.ops.elementwise import MethodOfEach


class Abs(MethodOfEach):
    """Each number without its sign."""

    torch: ClassVar = "torch.abs"
