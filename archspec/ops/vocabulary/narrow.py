"""`narrow`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.dimensions import Truth, at_least
from archspec.ops.functions import FreeFunction, axis, replaced
from archspec.ops.sizes import FreeSize
from archspec.shapes import Require
from archspec.tensors import Tensor


class Narrow(FreeFunction):
    """Takes `length` of a dimension from `start` on; a negative `start` counts from the end."""

    torch: ClassVar = "torch.narrow"
    memory: ClassVar = "input"

    dim: int
    start: int
    length: FreeSize

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `length` in that dimension."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        if not all(require(truth) for truth in self._fits(x, index)):
            raise OutOfRange(
                f"`narrow` takes {self.length} from {self.start} on of a dimension whose size is "
                f"{x.shape[index]}",
                label=f"reads {x}",
            )
        return (replaced(x, index, self.length),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.narrow(1, 0, 64)`."""
        dim, start, length = (arguments[name] for name in ("dim", "start", "length"))
        return f"{inputs[0]}.narrow({dim}, {start}, {length})"

    def _fits(self, x: Tensor, index: int) -> tuple[Truth, ...]:
        size = x.shape[index]
        if self.start >= 0:
            return (at_least(size, self.start + self.length),)
        return (at_least(size, -self.start), at_least(-self.start, self.length))
