"""`prelu`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import ChannelMismatch, Entry, Remedy, Without
from archspec.dimensions import equal
from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Count
from archspec.shapes import Require
from archspec.tensors import Tensor


class Prelu(FloatingOperation):
    """`x` where it is above 0, else `weight * x`, of each number; the slope `weight` is learnt.

    There is one slope for all, or one for each channel. They start at 0.25 unless `init` says
    otherwise.
    """

    torch: ClassVar = "nn.PReLU"
    activates: ClassVar = True
    arguments: ClassVar = {
        "num_parameters": "How many slopes are learnt: 1, or one for each channel.",
    }

    num_parameters: Count = 1

    @classmethod
    def by_position(cls) -> tuple[str, ...]:
        """Write the number of slopes, where there are several, as the only argument that it is."""
        return ("num_parameters",)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; several slopes are as many as there are channels."""
        (x,) = inputs
        channels = x.channels if x.rank > 1 else 1
        if self.num_parameters == 1 or require(equal(channels, self.num_parameters)):
            return inputs
        raise ChannelMismatch(
            f"`prelu` has {self.num_parameters} slopes, and the number of channels is {channels}",
            label=f"reads {x}",
            help=Remedy(
                f"leave out `num_parameters` for one slope, or write `num_parameters: {channels}`",
                Without("num_parameters"),
                Entry("num_parameters", str(channels)),
            ),
        )

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One slope, or one a channel."""
        return {"weight": (self.num_parameters,)}

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of slopes."""
        return {"num_parameters": weight[0]}
