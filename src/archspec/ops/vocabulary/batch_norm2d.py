"""`batch_norm2d`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.dimensions import Size, at_least
from archspec.ops.fields import Finite, Positive
from archspec.ops.operation import ElementwiseOperation, Sizes, check_floating, check_rank
from archspec.shapes import Require
from archspec.tensors import Tensor


class BatchNorm2d(ElementwiseOperation):
    """Normalises each channel of N×C×H×W over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm2d"
    inferred: ClassVar = ("num_features",)

    eps: Positive = 1e-5
    momentum: Finite | None = 0.1
    affine: bool = True
    track_running_stats: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`num_features` is the number of channels."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {"num_features": inputs[0].channels}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; statistics of the batch itself need two values a channel."""
        (x,) = inputs
        values = prod(x.shape[2:], start=x.batch)
        if not self.track_running_stats and not require(at_least(values, 2)):
            raise OutOfRange(
                f"`{self.op()}` with `track_running_stats: false` needs more than one value "
                "a channel",
                label=f"reads {x}",
            )
        return inputs

    def normalised(self, *inputs: Tensor) -> Size:
        """Count the values of a channel in the whole batch."""
        (x,) = inputs
        return prod(x.shape[2:], start=x.batch)

    def centred_dim(self, *inputs: Tensor) -> int:
        """Say that each channel has a mean of its own."""
        return 1

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and one shift a channel."""
        channels = (inferred["num_features"],)
        return {"weight": channels, "bias": channels} if self.affine else {}

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the running statistics, and how many batches they come from."""
        if not self.track_running_stats:
            return {}
        channels = (inferred["num_features"],)
        return {"running_mean": channels, "running_var": channels, "num_batches_tracked": ()}
