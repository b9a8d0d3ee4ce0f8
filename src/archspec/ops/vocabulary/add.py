"""`add`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.dimensions import Size
from archspec.ops.operation import FunctionOperation
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Add(FunctionOperation):
    """The sum of its inputs, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.add"
    arity: ClassVar = (1, None)
    alike: ClassVar = True
    adds: ClassVar = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which all inputs broadcast."""
        return (broadcast(require, self.op(), inputs),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: additions alone are no multiply-accumulates."""
        return 0

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a + b`."""
        return " + ".join(inputs)
