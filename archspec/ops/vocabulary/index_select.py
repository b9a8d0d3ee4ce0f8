"""`index_select`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch
from archspec.ops.functions import FreeFunction, axis, replaced
from archspec.ops.operation import Sizes
from archspec.ops.tables import check_indices
from archspec.shapes import Require
from archspec.tensors import Tensor


class IndexSelect(FreeFunction):
    """Takes the places of a dimension that the second input names, in its order."""

    torch: ClassVar = "torch.index_select"
    arity: ClassVar = (2, 2)
    example_inputs: ClassVar = (((8,), "float32"), ((), "int64"))

    dim: int

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; the second input is of int64 or int32."""
        check_indices(cls, inputs[1])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with as many places as are named."""
        x, index = inputs
        if index.rank != 1:
            raise RankMismatch(
                f"`index_select` takes indices of one dimension, not of {index.rank}",
                help="`gather` takes indices for each place",
            )
        return (replaced(x, axis(self, self.dim, x.rank), index.shape[0]),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.index_select(1, index)`."""
        return f"{inputs[0]}.index_select({arguments['dim']}, {inputs[1]})"
