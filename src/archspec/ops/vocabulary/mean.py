"""`mean`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction
from archspec.ops.operation import Sizes, check_floating
from archspec.ops.reductions import reduced, reduction
from archspec.ops.sizes import OptionalDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Mean(FreeFunction):
    """Averages over one dimension, several, or all."""

    torch: ClassVar = "torch.mean"

    dim: OptionalDims = None
    keepdim: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        return (reduced(self, inputs[0], self.dim, self.keepdim),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.mean((2, 3))`."""
        return reduction(inputs[0], "mean", arguments)
