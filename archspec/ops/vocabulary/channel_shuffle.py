"""`channel_shuffle`."""

from typing import ClassVar

from archspec.diagnostics import ChannelMismatch
from archspec.dimensions import divisible
from archspec.ops.fields import Count
from archspec.ops.operation import ElementwiseOperation, Sizes, check_rank
from archspec.shapes import Require
from archspec.tensors import Tensor


class ChannelShuffle(ElementwiseOperation):
    """Reorders the channels: the first of each group, then the second of each, and so on."""

    torch: ClassVar = "nn.ChannelShuffle"
    memory: ClassVar = "own"

    groups: Count

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C and one to three dimensions more."""
        check_rank(cls, inputs[0], 3, 4, 5)
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        if not require(divisible(x.channels, self.groups)):
            raise ChannelMismatch(
                f"`channel_shuffle` cannot split the {x.channels} channels of its input evenly "
                f"into `groups: {self.groups}`",
            )
        return inputs
