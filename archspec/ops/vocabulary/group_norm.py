"""`group_norm`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archspec.diagnostics import ChannelMismatch, OutOfRange
from archspec.dimensions import Size, at_least, divisible
from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Count, Positive
from archspec.ops.normalisation import check_least_rank, scale_and_shift
from archspec.ops.operation import Sizes, check_floating, without_halves
from archspec.shapes import Require, dividing
from archspec.tensors import Tensor


class GroupNorm(FloatingOperation):
    """Normalises groups of channels in each sample, then scales and shifts each channel."""

    torch: ClassVar = "nn.GroupNorm"
    memory: ClassVar = "own"
    inferred: ClassVar = ("num_channels",)

    num_groups: Count
    eps: Positive = 1e-5
    affine: bool = True
    bias: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`num_channels` is the second dimension."""
        check_least_rank(cls, inputs[0], 2)
        check_floating(cls, inputs[0])
        return {"num_channels": inputs[0].channels}

    @classmethod
    def by_position(cls) -> tuple[str, ...]:
        """Give the order of `nn.GroupNorm`, where the groups come first."""
        return ("num_groups", "num_channels")

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; PyTorch refuses a batch with one value a group."""
        (x,) = inputs
        if not require(divisible(x.channels, self.num_groups)):
            raise ChannelMismatch(
                f"`group_norm` cannot split the {x.channels} channels of its input evenly into "
                f"`num_groups: {self.num_groups}`",
                help=dividing("num_groups", x.channels, f"for {x.channels} channels"),
            )
        values = x.batch * (x.channels // self.num_groups) * prod(x.shape[2:], start=1)
        if not require(at_least(values, 2)):
            raise OutOfRange("`group_norm` needs more than one value a group", label=f"reads {x}")
        return inputs

    def normalised(self, *inputs: Tensor) -> Size:
        """Count the values of a group, in each sample by itself."""
        (x,) = inputs
        return prod(x.shape[2:], start=x.channels // self.num_groups)

    def centred_dim(self, *inputs: Tensor) -> int | None:
        """Say whether each channel is a group, and has a mean of its own."""
        return 1 if inputs[0].channels == self.num_groups else None

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave out numbers of 16 bits, which may stand beside weights of 32."""
        return without_halves(*inputs)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and, with `bias`, one shift a channel."""
        return scale_and_shift(inferred["num_channels"], self.affine, self.bias)
