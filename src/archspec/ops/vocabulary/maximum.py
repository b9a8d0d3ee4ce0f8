"""`maximum`."""

from typing import ClassVar

from archspec.ops.functions import FreeFunction
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Maximum(FreeFunction):
    """The larger one of two numbers, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.maximum"
    arity: ClassVar = (2, 2)
    alike: ClassVar = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both inputs broadcast."""
        return (broadcast(require, self.op(), inputs),)
