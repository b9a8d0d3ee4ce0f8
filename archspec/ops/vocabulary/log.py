"""`log`."""

from typing import ClassVar

from archspec.ops.elementwise import ConvertingMethod


class Log(ConvertingMethod):
    """The natural logarithm of each number."""

    torch: ClassVar = "torch.log"
