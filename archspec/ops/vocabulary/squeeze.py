"""`squeeze`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import equal
from archspec.ops.functions import FreeFunction, axes
from archspec.ops.sizes import DimOrDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Squeeze(FreeFunction):
    """Leaves out dimensions of size 1.

    Unlike PyTorch it needs to be told which, and refuses those of another size.
    """

    torch: ClassVar = "torch.squeeze"
    memory: ClassVar = "input"
    example_inputs: ClassVar = (((1, 8), "float32"),)

    dim: DimOrDims

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape without those dimensions."""
        (x,) = inputs
        gone = axes(self, self.dim if isinstance(self.dim, tuple) else (self.dim,), x.rank)
        for index in gone:
            if not require(equal(x.shape[index], 1)):
                raise ShapeMismatch(
                    f"`squeeze` leaves out dimensions of size 1, and dimension {index} has size "
                    f"{x.shape[index]}",
                    label=f"reads {x}",
                )
        shape = tuple(size for index, size in enumerate(x.shape) if index not in gone)
        return (x.reshaped(*shape),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.squeeze(1)`."""
        return f"{inputs[0]}.squeeze({arguments['dim']})"
