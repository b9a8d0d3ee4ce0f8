"""`conv1d`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.dimensions import Size
from archspec.ops.fields import Count, PaddingOrWord1d, Window1d
from archspec.ops.operation import ModuleOperation, Sizes, check_floating, check_rank
from archspec.ops.windows import Window
from archspec.shapes import Require, check_border, convolved, split_evenly
from archspec.tensors import Tensor


class Conv1d(ModuleOperation):
    """Slides `out_channels` kernels over N×C×L; each of them gives one feature map."""

    torch: ClassVar = "nn.Conv1d"
    inferred: ClassVar = ("in_channels",)
    weighted: ClassVar = True
    bias_dim: ClassVar = 1

    out_channels: Count
    kernel_size: Window1d
    stride: Window1d = (1,)
    padding: PaddingOrWord1d = (0,)
    dilation: Window1d = (1,)
    groups: Count = 1
    bias: bool = True
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros"

    @model_validator(mode="after")
    def _same_has_stride_1(self) -> "Conv1d":
        if self.padding == "same" and self.stride != (1,):
            raise PydanticCustomError("out_of_range", "`padding: same` needs a stride of 1")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_channels` is the second dimension."""
        check_rank(cls, inputs[0], 3)
        check_floating(cls, inputs[0])
        return {"in_channels": inputs[0].channels}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×`out_channels`×L' with `L' = floor((L + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        split_evenly(require, self.op(), x, self.out_channels, self.groups)
        check_border(require, self.padding_mode, x, (self._border(),))
        length = x.shape[2]
        if self.padding != "same":
            window = (*self.kernel_size, *self.stride, self._border(), *self.dilation)
            length = convolved(require, length, *window)
        return (x.reshaped(x.batch, self.out_channels, length),)

    def windows(self) -> tuple[Window, ...]:
        """Give kernel, stride and dilation."""
        each = zip(self.kernel_size, self.stride, self.dilation, strict=True)
        return tuple(Window(*window, self.padding == "same") for window in each)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_channels, in_channels / groups, kernel_size]`."""
        kernels = (self.out_channels, inferred["in_channels"] // self.groups, *self.kernel_size)
        return {"weight": kernels} | ({"bias": (self.out_channels,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over a window of `in_channels / groups` channels."""
        return outputs[0].elements * (inputs[0].channels // self.groups) * self.kernel_size[0]

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of kernels, and their size."""
        return {"out_channels": weight[0], "kernel_size": weight[2]}

    def _border(self) -> int:
        """Give how much is added, on the side where it is more."""
        if isinstance(self.padding, tuple):
            return self.padding[0]
        extent = self.dilation[0] * (self.kernel_size[0] - 1) if self.padding == "same" else 0
        return extent - extent // 2
