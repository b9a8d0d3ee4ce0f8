"""`flatten`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archspec.diagnostics import DimensionOutOfRange, Entry, Remedy
from archspec.ops.operation import FreeOperation
from archspec.shapes import Require
from archspec.tensors import Tensor


class Flatten(FreeOperation):
    """Makes one dimension of those from `start_dim` to `end_dim`, both included."""

    torch: ClassVar = "nn.Flatten"
    memory: ClassVar = "input"

    start_dim: int = 1
    end_dim: int = -1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the dimensions before, their product, the dimensions after."""
        (x,) = inputs
        start, end = (self._index(x, dim) for dim in (self.start_dim, self.end_dim))
        if start > end:
            raise DimensionOutOfRange(
                f"`flatten` from dimension {self.start_dim} to {self.end_dim} is an empty range",
            )
        merged = prod(x.shape[start : end + 1], start=1)
        return (x.reshaped(*x.shape[:start], merged, *x.shape[end + 1 :]),)

    def _counted(self, rank: int, dim: int) -> Remedy:
        """Say which dimensions there are behind the batch, each of which may be named instead."""
        name = "start_dim" if dim == self.start_dim else "end_dim"
        fitting = range(1, rank) if name == "end_dim" else range(1, max(2, self.end_dim % rank + 1))
        ways = (Entry(name, str(place)) for place in fitting)
        return Remedy(f"they are counted from 0 to {rank - 1}, the batch first", *ways)

    def with_batch(self, *inputs: Tensor) -> Mapping[str, object]:
        """Begin behind the batch."""
        return {"start_dim": 1} if self._index(inputs[0], self.start_dim) == 0 else {}

    def _index(self, x: Tensor, dim: int) -> int:
        if -x.rank <= dim < x.rank:
            return dim % x.rank
        raise DimensionOutOfRange(
            f"`flatten` names dimension {dim}, and its input has {x.rank or 'no'} dimensions",
            help=self._counted(x.rank, dim) if x.rank else None,
        )
