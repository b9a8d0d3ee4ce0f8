"""`flip`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, axes
from archspec.ops.python_text import unpacked
from archspec.ops.sizes import Dims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Flip(FreeFunction):
    """Turns the order round along each of `dims`: the last comes first."""

    torch: ClassVar = "torch.flip"
    arguments: ClassVar = {"dims": "The dimensions along which the order is turned round."}

    dims: Dims

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axes(self, self.dims, inputs[0].rank)
        return inputs

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.flip(2, 3)`."""
        return f"{inputs[0]}.flip({unpacked(arguments['dims'])})"
