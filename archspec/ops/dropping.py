"""What drops at random in training, and passes on what it receives in evaluation."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Probability
from archspec.ops.operation import Sizes, check_floating, check_rank
from archspec.tensors import Tensor


class Dropping(FloatingOperation):
    """Drops with probability `p` in training."""

    memory: ClassVar = "input"
    passes_on: ClassVar = True

    p: Probability = 0.5
    inplace: bool = False


class ChannelDropping(Dropping):
    """Drops whole channels of N×C×…; a subclass says of how many dimensions its input is.

    In evaluation PyTorch takes any number of dimensions, some of them with a warning.
    """

    rank: ClassVar[int]
    """How many dimensions its input has, batch included."""

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers in channels."""
        check_rank(cls, inputs[0], cls.rank)
        check_floating(cls, inputs[0])
        return {}
