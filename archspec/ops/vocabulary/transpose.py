"""`transpose`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, axis
from archspec.shapes import Require
from archspec.tensors import Tensor


class Transpose(FreeFunction):
    """Exchanges two dimensions."""

    torch: ClassVar = "torch.transpose"
    memory: ClassVar = "input"

    dim0: int
    dim1: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with the two sizes exchanged."""
        (x,) = inputs
        first, second = (axis(self, dim, x.rank) for dim in (self.dim0, self.dim1))
        shape = list(x.shape)
        shape[first], shape[second] = shape[second], shape[first]
        return (x.reshaped(*shape),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.transpose(1, 2)`."""
        return f"{inputs[0]}.transpose({arguments['dim0']}, {arguments['dim1']})"
