"""Normalisations: by statistics of a batch, of each sample, of groups, features or neighbours."""

from collections.abc import Mapping
from math import prod
from typing import Annotated, ClassVar, Literal

from archspec.diagnostics import (
    ChannelMismatch,
    Instead,
    OutOfRange,
    RankMismatch,
    Remedy,
    WrongDtype,
)
from archspec.operations.checks import axis
from archspec.operations.fields import NUMBER_ONLY, Count, Extended, Finite, Positive
from archspec.operations.operation import (
    FloatingOperation,
    FreeFunction,
    Operation,
    Sizes,
    check_floating,
    check_has_dimensions,
    check_no_half,
    check_rank,
    without_halves,
)
from archspec.sizes import Require, Size, Tensor, at_least, dividing, divisible


class Normalisation(FloatingOperation):
    """Divides what it reads by how large it is on average, and keeps its shape."""

    memory: ClassVar = "own"

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave out numbers of 16 bits, which may stand beside weights of 32."""
        return without_halves(*inputs)


class ChannelNorm(Normalisation):
    """Normalises each channel of N×C×…, `(x - mean) / sqrt(variance + eps)`, by PyTorch's formula.

    Then it scales and shifts the channel. A subclass says of how many dimensions its input is.
    """

    inferred: ClassVar = ("num_features",)

    eps: Positive = 1e-5
    momentum: Finite | None = 0.1
    affine: bool = True
    track_running_stats: bool = True
    bias: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`num_features` is the number of channels."""
        super().infer(*inputs)
        return {"num_features": inputs[0].channels}

    def centred_dim(self, *inputs: Tensor) -> int:
        """Say that each channel has a mean of its own."""
        return 1

    def keeps_statistics(self) -> bool:
        """Say whether there are running statistics."""
        return self.track_running_stats

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and, with `bias`, one shift a channel."""
        return scale_and_shift(inferred["num_features"], self.affine, self.bias)

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


class BatchNorm1d(BatchNorm):
    """Normalises each channel of N×C or N×C×L over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm1d"
    ranks: ClassVar = (2, 3)


class BatchNorm2d(BatchNorm):
    """Normalises each channel of N×C×H×W over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm2d"
    ranks: ClassVar = (4,)


class BatchNorm3d(BatchNorm):
    """Normalises each channel of N×C×D×H×W over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm3d"
    ranks: ClassVar = (5,)


class InstanceNorm1d(InstanceNorm):
    """Normalises each channel of each sample of N×C×L by itself, over its L values."""

    torch: ClassVar = "nn.InstanceNorm1d"
    ranks: ClassVar = (3,)


class InstanceNorm2d(InstanceNorm):
    """Normalises each channel of each sample of N×C×H×W by itself, over its H·W values."""

    torch: ClassVar = "nn.InstanceNorm2d"
    ranks: ClassVar = (4,)


class InstanceNorm3d(InstanceNorm):
    """Normalises each channel of each sample of N×C×D×H×W by itself, over its D·H·W values."""

    torch: ClassVar = "nn.InstanceNorm3d"
    ranks: ClassVar = (5,)


class GroupNorm(Normalisation):
    """Normalises groups of channels in each sample, then scales and shifts each channel."""

    torch: ClassVar = "nn.GroupNorm"
    least_rank: ClassVar = 2
    inferred: ClassVar = ("num_channels",)

    num_groups: Count
    eps: Positive = 1e-5
    affine: bool = True
    bias: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`num_channels` is the second dimension."""
        super().infer(*inputs)
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

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and, with `bias`, one shift a channel."""
        return scale_and_shift(inferred["num_channels"], self.affine, self.bias)


_SOURCE = '''class LayerNorm2d(nn.LayerNorm):
    """Normalises the channels of N×C×H×W at each place."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
'''


class LayerNorm(Normalisation):
    """Normalises over the last dimension, then scales and shifts each feature.

    With `dim: 1` over the channels of N×C×H×W, as torchvision's `LayerNorm2d` does.
    """

    torch: ClassVar = "nn.LayerNorm"
    inferred: ClassVar = ("normalized_shape",)
    choosing: ClassVar = frozenset(["dim"])

    eps: Positive = 1e-5
    elementwise_affine: bool = True
    bias: bool = True
    dim: Annotated[Literal[-1, 1], NUMBER_ONLY] = -1

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`normalized_shape` is the last dimension, unless `dim` says another."""
        super().infer(*inputs)
        check_has_dimensions(cls, inputs[0])
        return {"normalized_shape": inputs[0].features}

    def read_off(self, *inputs: Tensor) -> Sizes:
        """Give the size of the dimension that is normalised."""
        if self.dim == -1:
            return self.infer(*inputs)
        check_rank(type(self), inputs[0], 4)
        check_floating(type(self), inputs[0])
        return {"normalized_shape": inputs[0].channels}

    def constructor(self) -> str:
        """Give PyTorch's class, or the one that `definition` defines."""
        return self.torch if self.dim == -1 else "LayerNorm2d"

    def definition(self) -> str:
        """Define `LayerNorm2d` where it is used."""
        return "" if self.dim == -1 else _SOURCE

    def normalised(self, *inputs: Tensor) -> Size:
        """Count the features at one place."""
        return inputs[0].shape[self.dim]

    def centred_dim(self, *inputs: Tensor) -> int | None:
        """Say which of channels and features each has a mean of its own at each place."""
        if self.dim == 1:
            return 3
        return 1 if inputs[0].rank > 2 else None

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and, with `bias`, one shift a feature."""
        return scale_and_shift(inferred["normalized_shape"], self.elementwise_affine, self.bias)


class RmsNorm(Normalisation):
    """Divides by the root of the mean square over the last dimension, then scales each feature.

    `eps`, which is added to the mean square, is the dtype's own where it is null: 1.2e-07 for
    float32.
    """

    torch: ClassVar = "nn.RMSNorm"
    inferred: ClassVar = ("normalized_shape",)
    arguments: ClassVar = {
        "eps": "What is added to the mean square; null for the smallest step of the dtype.",
        "elementwise_affine": "Whether it has a weight for each feature.",
    }

    eps: Positive | None = None
    elementwise_affine: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`normalized_shape` is the last dimension."""
        super().infer(*inputs)
        check_has_dimensions(cls, inputs[0])
        return {"normalized_shape": inputs[0].features}

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give nothing: PyTorch multiplies numbers of any precision by its weights."""
        return ()

    def normalised(self, *inputs: Tensor) -> Size | None:
        """Count the features at one place; one alone is not 0 then, but keeps its sign."""
        features = inputs[0].features
        return None if features == 1 else features

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor a feature."""
        return {"weight": (inferred["normalized_shape"],)} if self.elementwise_affine else {}


class LocalResponseNorm(Normalisation):
    """Divides each number of N×C×… by `(k + alpha * m)**beta`.

    `m` is the mean of the squares at the same place in the `size` channels around; those beyond
    the first and the last are 0 (AlexNet; Krizhevsky et al., 2012).
    """

    torch: ClassVar = "nn.LocalResponseNorm"
    least_rank: ClassVar = 3
    arguments: ClassVar = {
        "size": "Of how many neighbouring channels the mean is taken.",
        "alpha": "The factor of the mean of the squares.",
        "beta": "The power of what it divides by.",
        "k": "What is added to the mean of the squares.",
    }

    size: Count
    alpha: Finite = 1e-4
    beta: Finite = 0.75
    k: Finite = 1.0

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes channels of at least one dimension."""
        super().infer(*inputs)
        if inputs[0].rank > 3:  # the mean is one of `avg_pool3d` then
            check_no_half(cls, inputs[0], " over channels of two dimensions or more")
        return {}


class Normalize(FreeFunction):
    """Divides by the length along `dim`: `x / max(‖x‖_p, eps)`."""

    torch: ClassVar = "nn.functional.normalize"
    takes: ClassVar = "floating"
    arguments: ClassVar = {
        "eps": "The least number that is divided by.",
        "p": "The norm that is the length: 2 for Euclid's.",
    }

    p: Extended = 2.0
    dim: int = 1
    eps: Finite = 1e-12

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axis(self, self.dim, inputs[0].rank)
        return inputs
