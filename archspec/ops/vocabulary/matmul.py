"""`matmul`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import Size, equal
from archspec.ops.functions import check_numbers, check_one_dtype
from archspec.ops.operation import FunctionOperation, check_has_dimensions
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Matmul(FunctionOperation):
    """The product of matrices, the last two dimensions; those before them broadcast.

    A tensor of one dimension is a row on the left, and a column on the right.
    """

    torch: ClassVar = "torch.matmul"
    memory: ClassVar = "own"
    arity: ClassVar = (2, 2)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `…×n×p` for `…×n×m` and `…×m×p`."""
        a, b = inputs
        check_one_dtype(self, inputs)
        check_numbers(self, inputs)
        check_has_dimensions(type(self), a, b)
        self._check_inner(require, a, b)
        batch = broadcast(require, self.op(), (_batch(a), _batch(b)))
        columns = b.shape[-1:] if b.rank > 1 else ()
        shape = (*batch.shape, *a.shape[-2:-1], *columns)
        return (a.reshaped(*shape),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over the columns of the first input."""
        return outputs[0].elements * inputs[0].features

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a @ b`."""
        return " @ ".join(inputs)

    def _check_inner(self, require: Require, a: Tensor, b: Tensor) -> None:
        columns, rows = a.features, b.shape[-2] if b.rank > 1 else b.shape[0]
        if not require(equal(columns, rows)):
            raise ShapeMismatch(
                f"`matmul` needs as many columns in the first input as rows in the second: "
                f"{columns} are not {rows}",
                label=f"reads {a} and {b}",
            )


def _batch(tensor: Tensor) -> Tensor:
    return tensor.reshaped(*tensor.shape[:-2])
