"""`flatten`."""

from math import prod
from typing import ClassVar

from archspec.diagnostics import DimensionOutOfRange
from archspec.ops.operation import FreeOperation
from archspec.shapes import Require
from archspec.tensors import Tensor


class Flatten(FreeOperation):
    """Makes one dimension of those from `start_dim` to `end_dim`, both included."""

    torch: ClassVar = "nn.Flatten"

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

    def _index(self, x: Tensor, dim: int) -> int:
        if -x.rank <= dim < x.rank:
            return dim % x.rank
        raise DimensionOutOfRange(
            f"`flatten` names dimension {dim}, and its input has {x.rank or 'no'} dimensions",
            help=f"they are counted from 0 to {x.rank - 1}" if x.rank else None,
        )
