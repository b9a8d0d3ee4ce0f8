"""`unbind`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import SymbolicValue
from archspec.ops.functions import (
    FreeFunction,
    axis,
    check_number,
    replaced,
)
from archspec.shapes import Require
from archspec.tensors import Tensor


class Unbind(FreeFunction):
    """Gives what stands at each place of a dimension, which is then gone.

    PyTorch's default is the batch, whose size nobody knows: here `dim` is said.
    """

    torch: ClassVar = "torch.unbind"

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give as many values as that dimension has, in order."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        count = x.shape[index]
        if not isinstance(count, int):
            raise SymbolicValue(
                f"how many values `unbind` gives must be a number: dimension {self.dim} has {count}"
            )
        check_number(self, count)
        return (replaced(x, index),) * count

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.unbind(1)`."""
        return f"{inputs[0]}.unbind({arguments['dim']})"
