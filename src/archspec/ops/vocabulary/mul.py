"""`mul`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Mul(FreeFunction):
    """The product of its inputs, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.mul"
    arity: ClassVar = (1, None)
    alike: ClassVar = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which all inputs broadcast."""
        return (broadcast(require, self.op(), inputs),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a * b`."""
        return " * ".join(inputs)
