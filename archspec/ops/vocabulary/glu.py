"""`glu`."""

from typing import ClassVar

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import divisible
from archspec.ops.activation import FloatingOperation
from archspec.ops.functions import axis, replaced
from archspec.shapes import Require
from archspec.tensors import Tensor


class Glu(FloatingOperation):
    """`a * sigmoid(b)` of the two halves `a` and `b` along `dim`: the gated linear unit."""

    torch: ClassVar = "nn.GLU"
    arguments: ClassVar = {"dim": "The dimension that is halved into values and their gates."}

    dim: int = -1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give half the size along `dim`, and the others as they are."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        size = x.shape[index]
        if not require(divisible(size, 2)):
            raise ShapeMismatch(
                f"`glu` cannot halve dimension {self.dim}, which has an odd size of {size}",
                label=f"reads {x}",
                help="`dim` says which dimension holds the values and their gates",
            )
        return (replaced(x, index, size // 2),)
