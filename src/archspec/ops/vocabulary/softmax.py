"""`softmax`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.functions import axis
from archspec.shapes import Require
from archspec.tensors import Tensor


class Softmax(FloatingOperation):
    """`exp(x)` of each number, divided by their sum along `dim`."""

    torch: ClassVar = "nn.Softmax"

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axis(self, self.dim, inputs[0].rank)
        return inputs
