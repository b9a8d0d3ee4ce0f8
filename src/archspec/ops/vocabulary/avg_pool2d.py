"""`avg_pool2d`."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.ops.fields import Count, Padding2d, Window2d
from archspec.ops.operation import FreeOperation, Sizes, check_floating, check_rank
from archspec.ops.windows import Window
from archspec.shapes import Require, pooled
from archspec.tensors import Tensor


class AvgPool2d(FreeOperation):
    """Averages each window over a channel; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool2d"

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)
    ceil_mode: bool = False
    count_include_pad: bool = True
    divisor_override: Count | None = None

    @model_validator(mode="after")
    def _padding_at_most_half(self) -> "AvgPool2d":
        for padding, kernel in zip(self.padding, self.kernel_size, strict=True):
            if 2 * padding > kernel:
                raise PydanticCustomError(
                    "out_of_range",
                    "`padding` may be at most half of `kernel_size`: {padding} > {kernel} / 2",
                    {"padding": padding, "kernel": kernel},
                )
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C×H×W."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {}

    def windows(self) -> tuple[Window, ...]:
        """Give kernel and stride, height before width."""
        return tuple(map(Window, self.kernel_size, self.stride or self.kernel_size))

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×H'×W', by the arithmetic of windows."""
        (x,) = inputs
        windows = zip(
            x.shape[2:],
            self.kernel_size,
            self.stride or self.kernel_size,
            self.padding,
            strict=True,
        )
        sizes = (pooled(require, *window, 1, self.ceil_mode) for window in windows)
        return (x.reshaped(x.batch, x.channels, *sizes),)
