"""`mean`."""

from typing import ClassVar

from archspec.ops.operation import Sizes, check_floating
from archspec.ops.reductions import Reduction
from archspec.tensors import Tensor


class Mean(Reduction):
    """Averages over one dimension, several, or all."""

    torch: ClassVar = "torch.mean"
    memory: ClassVar = "own"

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}
