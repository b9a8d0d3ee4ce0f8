"""`topk`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.dimensions import at_least
from archspec.ops.functions import FreeFunction, axis, check_numbers, replaced
from archspec.ops.python_text import keywords
from archspec.ops.sizes import FreeSize
from archspec.shapes import Require
from archspec.tensors import Tensor


class Topk(FreeFunction):
    """The `k` largest numbers along `dim`, the largest first, and as int64 where they stand.

    It gives two values: `topk.0` are the numbers, `topk.1` their places.
    """

    torch: ClassVar = "torch.topk"
    results: ClassVar = ("values", "indices")
    example: ClassVar = {"k": 5}
    arguments: ClassVar = {
        "k": "How many numbers are taken.",
        "largest": "Whether the largest are taken; if not, the smallest.",
        "sorted": "Whether they come in order.",
    }

    k: FreeSize
    dim: int = -1
    largest: bool = True
    sorted: bool = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `k` in that dimension, twice: the numbers, and their places."""
        check_numbers(self, inputs)
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        if not require(at_least(x.shape[index], self.k)):
            raise OutOfRange(
                f"`topk` takes {self.k} of dimension {self.dim}, whose size is {x.shape[index]}",
                label=f"reads {x}",
            )
        taken = replaced(x, index, self.k)
        return (taken, Tensor(taken.shape, "int64"))

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.topk(5, dim=1)`."""
        return f"{inputs[0]}.topk({arguments['k']}{keywords(arguments, 'k')})"
