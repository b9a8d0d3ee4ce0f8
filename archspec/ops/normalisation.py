"""What normalisations share: statistics of each channel, over a batch or in each sample."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archspec.diagnostics import Instead, OutOfRange, RankMismatch, Remedy, WrongDtype
from archspec.dimensions import Size, at_least
from archspec.ops.fields import Finite, Positive
from archspec.ops.operation import (
    ElementwiseOperation,
    Operation,
    Sizes,
    check_floating,
    check_rank,
    without_halves,
)
from archspec.shapes import Require
from archspec.tensors import Tensor


class ChannelNorm(ElementwiseOperation):
    """Normalises each channel of N×C×…, `(x - mean) / sqrt(variance + eps)`, by PyTorch's formula.

    Then it scales and shifts the channel. A subclass says of how many dimensions its input is.
    """

    memory: ClassVar = "own"
    inferred: ClassVar = ("num_features",)

    ranks: ClassVar[tuple[int, ...]]
    """The numbers of dimensions that it takes, batch included."""

    eps: Positive = 1e-5
    momentum: Finite | None = 0.1
    affine: bool = True
    track_running_stats: bool = True
    bias: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`num_features` is the number of channels."""
        check_rank(cls, inputs[0], *cls.ranks)
        check_floating(cls, inputs[0])
        return {"num_features": inputs[0].channels}

    def centred_dim(self, *inputs: Tensor) -> int:
        """Say that each channel has a mean of its own."""
        return 1

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and, with `bias`, one shift a channel."""
        return scale_and_shift(inferred["num_features"], self.affine, self.bias)

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave out numbers of 16 bits, which may stand beside weights of 32."""
        return without_halves(*inputs)

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the running statistics, and how many batches they come from."""
        if not self.track_running_stats:
            return {}
        channels = (inferred["num_features"],)
        return {"running_mean": channels, "running_var": channels, "num_batches_tracked": ()}


class BatchNorm(ChannelNorm):
    """Normalises each channel over the whole batch; in evaluation by the running statistics."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; statistics of the batch itself need two values a channel."""
        if self.track_running_stats:
            self._check_beside_statistics(*inputs)
        if not self.track_running_stats and not require(at_least(self.normalised(*inputs), 2)):
            raise OutOfRange(
                f"`{self.op()}` with `track_running_stats: false` needs more than one value "
                "a channel",
                label=f"reads {inputs[0]}",
            )
        return inputs

    def normalised(self, *inputs: Tensor) -> Size:
        """Count the values of a channel in the whole batch."""
        (x,) = inputs
        return prod(x.shape[2:], start=x.batch)

    def _check_beside_statistics(self, x: Tensor) -> None:
        """Raise `WrongDtype` for numbers of 64 bits: the running statistics have 32."""
        if x.dtype == "float64":
            raise WrongDtype(
                f"`{self.op()}` keeps statistics of float32, and reads {x.dtype}",
                label=f"reads {x} of {x.dtype}",
            )


class InstanceNorm(ChannelNorm):
    """Normalises each channel of each sample by itself.

    Unlike batch normalisation it has, without being told to, no weights and no running statistics.
    """

    momentum: Finite = 0.1
    affine: bool = False
    track_running_stats: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; statistics of a sample need two values a channel."""
        if not self.track_running_stats and not require(at_least(self.normalised(*inputs), 2)):
            raise OutOfRange(
                f"`{self.op()}` needs more than one value of each channel in a sample",
                label=f"reads {inputs[0]}",
                notes=("a value minus the mean of itself alone is 0",),
                help=Remedy(
                    "leave it out, or normalise over the channels: "
                    "`{op: group_norm, num_groups: 1}`",
                    Instead("{op: group_norm, num_groups: 1}"),
                ),
            )
        return inputs

    def normalised(self, *inputs: Tensor) -> Size:
        """Count the values of a channel, in each sample by itself."""
        return prod(inputs[0].shape[2:], start=1)


def scale_and_shift(size: int, affine: bool, bias: bool) -> Mapping[str, tuple[int, ...]]:
    """Give the weights of a normalisation: a factor and a shift for each channel or feature.

    >>> scale_and_shift(8, affine=True, bias=False)
    {'weight': (8,)}
    """
    if not affine:
        return {}
    return {"weight": (size,), "bias": (size,)} if bias else {"weight": (size,)}


def check_least_rank(operation: type[Operation], tensor: Tensor, least: int) -> None:
    """Raise `RankMismatch` unless the tensor has at least that many dimensions."""
    if tensor.rank < least:
        raise RankMismatch(
            f"`{operation.op()}` takes a tensor of at least {least} dimensions, "
            f"not of {tensor.rank}",
            label=f"reads {tensor}",
            notes=("the batch is one of the dimensions: N×C×H×W has 4",),
        )
