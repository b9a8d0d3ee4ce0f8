"""`conv_transpose2d`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.dimensions import Size
from archspec.ops.fields import Count, Padding2d, Window2d
from archspec.ops.operation import ModuleOperation, Sizes, check_floating, check_rank
from archspec.shapes import Require, split_evenly, transposed
from archspec.tensors import Tensor


class ConvTranspose2d(ModuleOperation):
    """Spreads each number of N×C×H×W over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose2d"
    inferred: ClassVar = ("in_channels",)
    weighted: ClassVar = True
    bias_dim: ClassVar = 1

    out_channels: Count
    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    output_padding: Padding2d = (0, 0)
    groups: Count = 1
    bias: bool = True
    dilation: Window2d = (1, 1)

    @model_validator(mode="after")
    def _output_padding_is_small(self) -> "ConvTranspose2d":
        windows = zip(self.output_padding, self.stride, self.dilation, strict=True)
        for more, stride, dilation in windows:
            if more >= stride and more >= dilation:
                raise PydanticCustomError(
                    "out_of_range",
                    "`output_padding` must be smaller than `stride` or `dilation`: "
                    "{more} is not below {stride} or {dilation}",
                    {"more": more, "stride": stride, "dilation": dilation},
                )
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_channels` is the second dimension."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {"in_channels": inputs[0].channels}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×`out_channels`×H'×W' with `H' = (H - 1)s - 2p + d(k-1) + output_padding + 1`."""
        (x,) = inputs
        split_evenly(require, self.op(), x, self.out_channels, self.groups)
        windows = zip(
            x.shape[2:],
            self.kernel_size,
            self.stride,
            self.padding,
            self.output_padding,
            self.dilation,
            strict=True,
        )
        sizes = (transposed(require, *window) for window in windows)
        return (x.reshaped(x.batch, self.out_channels, *sizes),)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[in_channels, out_channels / groups, *kernel_size]`."""
        kernels = (inferred["in_channels"], self.out_channels // self.groups, *self.kernel_size)
        return {"weight": kernels} | ({"bias": (self.out_channels,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that goes in is spread over a window of `out_channels / groups` channels."""
        return inputs[0].elements * (self.out_channels // self.groups) * prod(self.kernel_size)
