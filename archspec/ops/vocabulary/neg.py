"""`neg`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.elementwise import MethodOfEach


class Neg(MethodOfEach):
    """Each number with the other sign."""

    torch: ClassVar = "torch.neg"

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `-x`."""
        return f"-{inputs[0]}"
