"""`cumsum`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, axis
from archspec.ops.reductions import summed
from archspec.shapes import Require
from archspec.tensors import Tensor


class Cumsum(FreeFunction):
    """The sum of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumsum"

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        axis(self, self.dim, x.rank)
        return (Tensor(x.shape, summed(x.dtype)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.cumsum(1)`."""
        return f"{inputs[0]}.cumsum({arguments['dim']})"
