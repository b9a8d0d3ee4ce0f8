"""`sum`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction
from archspec.ops.reductions import reduced, reduction
from archspec.ops.sizes import OptionalDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Sum(FreeFunction):
    """Adds up over one dimension, several, or all."""

    torch: ClassVar = "torch.sum"

    dim: OptionalDims = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1. Integers become int64."""
        given = reduced(self, inputs[0], self.dim, self.keepdim)
        floating = given.dtype.startswith(("float", "bfloat"))
        return (given if floating else Tensor(given.shape, "int64"),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.sum(1)`."""
        return reduction(inputs[0], "sum", arguments)
