"""`conv2d`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.dimensions import Size
from archspec.ops.fields import Count, PaddingOrWord2d, Window2d
from archspec.ops.operation import ModuleOperation, Sizes, check_floating, check_rank
from archspec.ops.windows import Window
from archspec.shapes import Require, check_border, convolved, split_evenly
from archspec.tensors import Tensor


class Conv2d(ModuleOperation):
    """Slides `out_channels` kernels over N×C×H×W; each of them gives one feature map.

    A kernel has `in_channels / groups` channels, and they must match those that it slides over.
    """

    torch: ClassVar = "nn.Conv2d"
    inferred: ClassVar = ("in_channels",)
    weighted: ClassVar = True
    bias_dim: ClassVar = 1

    out_channels: Count
    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: PaddingOrWord2d = (0, 0)
    dilation: Window2d = (1, 1)
    groups: Count = 1
    bias: bool = True
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros"

    @model_validator(mode="after")
    def _same_has_stride_1(self) -> "Conv2d":
        if self.padding == "same" and self.stride != (1, 1):
            raise PydanticCustomError("out_of_range", "`padding: same` needs a stride of 1")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_channels` is the second dimension."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {"in_channels": inputs[0].channels}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×`out_channels`×H'×W' with `H' = floor((H + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        split_evenly(require, self.op(), x, self.out_channels, self.groups)
        if self.padding == "same":
            check_border(require, self.padding_mode, x, tuple(map(self._same, (0, 1))))
            return (x.reshaped(x.batch, self.out_channels, *x.shape[2:]),)
        padding = (0, 0) if isinstance(self.padding, str) else self.padding
        check_border(require, self.padding_mode, x, padding)
        windows = zip(
            x.shape[2:], self.kernel_size, self.stride, padding, self.dilation, strict=True
        )
        sizes = (convolved(require, *window) for window in windows)
        return (x.reshaped(x.batch, self.out_channels, *sizes),)

    def windows(self) -> tuple[Window, ...]:
        """Give kernel, stride and dilation, height before width."""
        each = zip(self.kernel_size, self.stride, self.dilation, strict=True)
        return tuple(Window(*window, self.padding == "same") for window in each)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_channels, in_channels / groups, *kernel_size]`."""
        kernels = (self.out_channels, inferred["in_channels"] // self.groups, *self.kernel_size)
        return {"weight": kernels} | ({"bias": (self.out_channels,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over a window of `in_channels / groups` channels."""
        return outputs[0].elements * (inputs[0].channels // self.groups) * prod(self.kernel_size)

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of kernels, and their size."""
        height, width = weight[2:]
        kernel = height if height == width else (height, width)
        return {"out_channels": weight[0], "kernel_size": kernel}

    def _same(self, axis: int) -> int:
        extent = self.dilation[axis] * (self.kernel_size[axis] - 1)
        return extent - extent // 2
