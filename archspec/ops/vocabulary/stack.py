"""`stack`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch
from archspec.dimensions import equal
from archspec.ops.functions import FreeFunction, axis
from archspec.ops.python_text import tuple_of
from archspec.shapes import Require, dimension_name, mismatch, promoted
from archspec.tensors import Tensor


class Stack(FreeFunction):
    """Puts its inputs, all of one shape, one behind the other along a new dimension."""

    torch: ClassVar = "torch.stack"
    memory: ClassVar = "own"
    arity: ClassVar = (1, None)
    gathers: ClassVar = True

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the inputs' shape with their number at `dim`."""
        first = inputs[0]
        index = axis(self, self.dim, first.rank + 1)
        for other in inputs[1:]:
            self._check(require, first, other)
        shape = (*first.shape[:index], len(inputs), *first.shape[index:])
        return (Tensor(shape, promoted(inputs)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.stack((a, b), dim=1)`."""
        return f"torch.stack({tuple_of(inputs)}, dim={arguments['dim']})"

    def _check(self, require: Require, first: Tensor, other: Tensor) -> None:
        if first.rank != other.rank:
            raise RankMismatch(
                "`stack` takes tensors of the same number of dimensions, "
                f"not of {first.rank} and {other.rank}"
            )
        for index, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
            if not require(equal(a, b)):
                raise mismatch("`stack`", dimension_name(index, first.rank), a, b)
