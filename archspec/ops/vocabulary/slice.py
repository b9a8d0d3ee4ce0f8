"""`slice`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.dimensions import Size, at_least
from archspec.ops.fields import Count
from archspec.ops.functions import FreeFunction, axis, check_not_empty, replaced
from archspec.ops.python_text import interval, subscript
from archspec.shapes import Require
from archspec.tensors import Tensor


class Slice(FreeFunction):
    """Takes a dimension from `start` to before `end`, every `step`-th; negative ones from the end.

    Unlike Python's slices it never reaches beyond the dimension.
    """

    torch: ClassVar = "torch.ops.aten.slice"
    memory: ClassVar = "input"

    dim: int
    start: int | None = None
    end: int | None = None
    step: Count = 1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `ceil((end - start) / step)` in that dimension."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        size = x.shape[index]
        start = self._place(require, size, self.start or 0)
        length = self._place(require, size, size if self.end is None else self.end) - start
        end = "the end" if self.end is None else self.end
        check_not_empty(require, self, length, f"from {self.start or 0} to {end} of {size}")
        return (replaced(x, index, (length + self.step - 1) // self.step),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x[:, :, ::2]`."""
        texts = (arguments.get(name, "None") for name in ("start", "end", "step"))
        start, end, step = ("" if text == "None" else text for text in texts)
        return subscript(
            inputs[0], arguments["dim"], interval(start, end, "" if step == "1" else step)
        )

    def _place(self, require: Require, size: Size, place: Size) -> Size:
        """Count a place from 0; those between the elements go from 0 to the size."""
        negative = isinstance(place, int) and place < 0
        if not require(at_least(size, -place if negative else place)):
            raise OutOfRange(f"`slice` names place {place} of a dimension whose size is {size}")
        return size + place if negative else place
