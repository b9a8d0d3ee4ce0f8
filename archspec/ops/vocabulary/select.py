"""`select`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.dimensions import at_least
from archspec.ops.functions import FreeFunction, axis, replaced
from archspec.ops.python_text import integer, subscript
from archspec.shapes import Require
from archspec.tensors import Tensor


class Select(FreeFunction):
    """Takes what stands at `index` of a dimension, which is then gone; -1 is the last."""

    torch: ClassVar = "torch.select"
    memory: ClassVar = "input"

    dim: int
    index: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape without that dimension."""
        (x,) = inputs
        place = axis(self, self.dim, x.rank)
        size = x.shape[place]
        if not require(at_least(size, self.index + 1 if self.index >= 0 else -self.index)):
            raise OutOfRange(
                f"`select` takes index {self.index} of dimension {self.dim}, whose size is {size}",
                label=f"reads {x}",
            )
        return (replaced(x, place),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x[:, 0]`."""
        dim, index = arguments["dim"], arguments["index"]
        if integer(dim) is None:
            return f"{inputs[0]}.select({dim}, {index})"
        return subscript(inputs[0], dim, index)
