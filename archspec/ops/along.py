"""What `softmax` and its like share: each number in relation to the others along a dimension."""

from archspec.ops.activation import FloatingOperation
from archspec.ops.functions import axis
from archspec.shapes import Require
from archspec.tensors import Tensor


class AlongDimension(FloatingOperation):
    """A module that computes with all numbers along `dim`, and gives as many."""

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axis(self, self.dim, inputs[0].rank)
        return inputs
