"""`unsqueeze`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, axis
from archspec.shapes import Require
from archspec.tensors import Tensor


class Unsqueeze(FreeFunction):
    """Puts a dimension of size 1 where `dim` says; -1 is after the last."""

    torch: ClassVar = "torch.unsqueeze"
    memory: ClassVar = "input"

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with a 1 at `dim`."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank + 1)
        return (x.reshaped(*x.shape[:index], 1, *x.shape[index:]),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.unsqueeze(1)`."""
        return f"{inputs[0]}.unsqueeze({arguments['dim']})"
