"""`gather`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, axis, check_indices_fit
from archspec.ops.operation import Sizes
from archspec.ops.tables import check_indices
from archspec.shapes import Require
from archspec.tensors import Tensor


class Gather(FreeFunction):
    """Takes, for each number of the second input, what stands at that place of a dimension.

    `out[i][j] = x[index[i][j]][j]` for `dim: 0`, and `x[i][index[i][j]]` for `dim: 1`.
    """

    torch: ClassVar = "torch.gather"
    arity: ClassVar = (2, 2)
    example_inputs: ClassVar = (((8,), "float32"), ((3,), "int64"))

    dim: int

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; the second input is of int64 or int32."""
        check_indices(cls, inputs[1])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the second input's shape; it is no larger than the first but along `dim`."""
        x, index = inputs
        place = axis(self, self.dim, x.rank)
        check_indices_fit(require, self, "first", x, index, place)
        return (x.reshaped(*index.shape),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.gather(1, index)`."""
        return f"{inputs[0]}.gather({arguments['dim']}, {inputs[1]})"
