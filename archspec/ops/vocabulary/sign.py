"""`sign`."""

from typing import ClassVar

from archspec.ops.elementwise import MethodOfEach
from archspec.shapes import Require
from archspec.tensors import Tensor


class Sign(MethodOfEach):
    """1 for each number above 0, -1 for each below, and 0 for 0."""

    torch: ClassVar = "torch.sign"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        return inputs
