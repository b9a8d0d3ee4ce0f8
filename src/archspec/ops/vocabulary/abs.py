"""`abs`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, check_numbers
from archspec.shapes import Require
from archspec.tensors import Tensor


class Abs(FreeFunction):
    """Each number without its sign."""

    torch: ClassVar = "torch.abs"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        check_numbers(self, inputs)
        return inputs

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.abs()`."""
        return f"{inputs[0]}.abs()"
