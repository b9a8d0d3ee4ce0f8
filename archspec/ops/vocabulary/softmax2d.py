"""`softmax2d`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.operation import Sizes, check_floating, check_rank
from archspec.tensors import Tensor


class Softmax2d(FloatingOperation):
    """`exp(x)` of each number, divided by their sum over the channels at each place of N×C×H×W."""

    torch: ClassVar = "nn.Softmax2d"
    never_negative: ClassVar = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes maps."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {}
