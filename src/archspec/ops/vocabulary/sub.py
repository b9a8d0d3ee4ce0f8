"""`sub`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, check_numbers
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Sub(FreeFunction):
    """The first input minus the second, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.sub"
    arity: ClassVar = (2, 2)
    alike: ClassVar = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both inputs broadcast."""
        check_numbers(self, inputs)
        return (broadcast(require, self.op(), inputs),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a - b`."""
        return " - ".join(inputs)
