"""`sum`."""

from typing import ClassVar

from archspec.ops.reductions import Reduction, summed
from archspec.shapes import Require
from archspec.tensors import Tensor


class Sum(Reduction):
    """Adds up over one dimension, several, or all; integers become int64."""

    torch: ClassVar = "torch.sum"
    memory: ClassVar = "own"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        (given,) = super().outputs(require, *inputs)
        return (Tensor(given.shape, summed(given.dtype)),)
