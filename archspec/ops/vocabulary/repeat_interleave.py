"""`repeat_interleave`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, axis, replaced
from archspec.ops.python_text import keywords
from archspec.ops.sizes import FreeSize
from archspec.shapes import Require
from archspec.tensors import Tensor


class RepeatInterleave(FreeFunction):
    """Repeats what stands at each place of `dim`, one beside the other: `a, a, b, b`.

    Without `dim` all numbers are one row, as they lie in memory.
    """

    torch: ClassVar = "torch.repeat_interleave"
    example: ClassVar = {"repeats": 4, "dim": 1}
    arguments: ClassVar = {
        "dim": "The dimension; null for all numbers in one row.",
        "repeats": "How often each is there.",
    }

    repeats: FreeSize
    dim: int | None = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `repeats` times as much in that dimension."""
        (x,) = inputs
        if self.dim is None:
            return (x.reshaped(x.elements * self.repeats),)
        index = axis(self, self.dim, x.rank)
        return (replaced(x, index, x.shape[index] * self.repeats),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.repeat_interleave(4, dim=1)`."""
        repeats = arguments["repeats"]
        return f"{inputs[0]}.repeat_interleave({repeats}{keywords(arguments, 'repeats')})"
