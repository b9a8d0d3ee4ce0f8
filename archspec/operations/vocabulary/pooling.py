"""Pooling over any number of dimensions: windows, and as many windows as are wanted."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import model_validator

from archspec.diagnostics import WindowTooLarge
from archspec.operations.checks import check_holds
from archspec.operations.fields import (
    PADDING_WORDS,
    Count,
    NonZero,
    OutputSize1d,
    OutputSize2d,
    OutputSize3d,
    Padding1d,
    Padding2d,
    Padding3d,
    Window1d,
    Window2d,
    Window3d,
    refused,
)
from archspec.operations.operation import FreeOperation, Kind, check_floating, check_no_half
from archspec.operations.windows import Window, alike, each, same_size
from archspec.sizes import Require, Shape, Tensor, at_least, is_floating, pooled


def check_padding(padding: tuple[int, ...], kernel_size: tuple[int, ...]) -> None:
    """Raise a validation error where `padding` is more than half of `kernel_size`."""
    for border, kernel in zip(padding, kernel_size, strict=True):
        if 2 * border > kernel:
            raise refused(
                f"`padding` may be at most half of `kernel_size`: {border} > {kernel} / 2"
            )


_MOST_PADDED = 32

_WINDOW = ("kernel_size", "dilation")


def same_pooling(
    kernels: tuple[int, ...], strides: tuple[int, ...], dilations: tuple[int, ...]
) -> dict[str, object] | None:
    """Find the arguments with which pooling divides sizes by the stride and rounds up.

    >>> same_pooling((3, 3), (1, 1), (1, 1)), same_pooling((2,), (2,), (1,))
    ({'padding': 1}, {'padding': 0, 'ceil_mode': True})
    """
    windows = list(zip(kernels, strides, dilations, strict=True))
    for ceil_mode in (False, True):
        candidates = [_same_padding(*window, ceil_mode) for window in windows]
        paddings = [padding for padding in candidates if padding is not None]
        if len(paddings) == len(windows):
            return {"padding": alike(paddings)} | ({"ceil_mode": True} if ceil_mode else {})
    return None


def _same_padding(kernel: int, stride: int, dilation: int, ceil_mode: bool) -> int | None:
    """Find the padding that gives `ceil(n / stride)` for every size `n`, by trying several."""
    extent = dilation * (kernel - 1) + 1
    sizes = range(extent, extent + 4 * stride)
    for padding in range(min(kernel // 2, _MOST_PADDED) + 1):
        window = (kernel, stride, padding, dilation, ceil_mode)
        if all(pooled(bool, size, *window) == -(-size // stride) for size in sizes):
            return padding
    return None


class Pooling(FreeOperation):
    """Makes one number of each window over a channel; the stride is the kernel's size."""

    spatial: ClassVar = True
    memory: ClassVar = "own"
    takes: ClassVar[Kind] = "floating"

    halves: ClassVar[bool] = True
    """Whether PyTorch has a kernel for numbers of 16 bits on the CPU."""

    whole: ClassVar[bool] = False
    """Whether PyTorch wants a window that fits into the input without padding and `ceil_mode`."""

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None = None

    @property
    def extents(self) -> tuple[int, ...]:
        """The size of the window in each dimension."""
        return self.kernel_size

    @property
    def strides(self) -> tuple[int, ...]:
        """The stride of each dimension, by default the kernel's size."""
        return self.stride or self.extents

    def check_halves(self, x: Tensor) -> None:
        """Raise `WrongDtype` for numbers of 16 bits where there is no kernel for them."""
        if not self.halves:
            check_no_half(type(self), x)

    def check_whole(self, require: Require, sizes: Shape) -> None:
        """Raise `WindowTooLarge` where a window must fit into the input, and does not."""
        for size, kernel in zip(sizes, self.extents, strict=True):
            if self.whole and not require(at_least(size, kernel)):
                raise WindowTooLarge(
                    f"a window of {kernel} does not fit into an input of {size}: {kernel} > {size}",
                    notes=(f"`{self.op()}` counts neither padding nor `ceil_mode` here",),
                )

    def windows(self) -> tuple[Window, ...]:
        """Give kernel and stride of each dimension."""
        return tuple(map(Window, self.extents, self.strides))

    @classmethod
    def instead_of(
        cls, name: str, word: str, others: Mapping[str, object]
    ) -> tuple[Mapping[str, object], str] | None:
        """Give the padding that makes the size that `same` has in other frameworks."""
        if name != "padding" or word not in PADDING_WORDS:
            return None
        if word == "valid":
            return {"padding": 0}, "no border"
        kernels, dilations = (each(others.get(key, 1), cls.ranks[0] - 2) for key in _WINDOW)
        strides = each(others.get("stride", kernels), cls.ranks[0] - 2)
        if not (kernels and strides and dilations):
            return None
        written = same_size(kernels, strides, dilations, same_pooling)
        by_stride = "the size of the input by its stride, rounded up"
        gives = "the size of the input" if set(strides) == {1} else by_stride
        return written, gives


class MaxPooling(Pooling):
    """Takes the maximum of each window; with `return_indices` it tells, too, where that stood."""

    takes: ClassVar = "numbers"
    results: ClassVar = ("output", "indices")

    padding: tuple[int, ...]
    dilation: tuple[int, ...]
    return_indices: bool = False
    ceil_mode: bool = False

    @model_validator(mode="after")
    def _padding_at_most_half(self) -> "MaxPooling":
        check_padding(self.padding, self.kernel_size)
        return self

    def windows(self) -> tuple[Window, ...]:
        """Give kernel, stride and dilation of each dimension."""
        return tuple(map(Window, self.extents, self.strides, self.dilation))

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×H'×…, by the arithmetic of windows; the indices have the same shape."""
        (x,) = inputs
        windows = zip(
            x.shape[2:], self.extents, self.strides, self.padding, self.dilation, strict=True
        )
        sizes = (pooled(require, *window, self.ceil_mode) for window in windows)
        return with_indices(x.reshaped(*x.shape[:2], *sizes), self.return_indices)


class AveragePooling(Pooling):
    """Averages each window over a channel; the stride is the kernel's size."""

    padding: tuple[int, ...]
    ceil_mode: bool = False
    count_include_pad: bool = True

    @model_validator(mode="after")
    def _padding_at_most_half(self) -> "AveragePooling":
        check_padding(self.padding, self.kernel_size)
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×H'×…, by the arithmetic of windows."""
        (x,) = inputs
        self.check_halves(x)
        self.check_whole(require, x.shape[2:])
        windows = zip(x.shape[2:], self.extents, self.strides, self.padding, strict=True)
        sizes = (pooled(require, *window, 1, self.ceil_mode) for window in windows)
        return (x.reshaped(*x.shape[:2], *sizes),)


class _Power(FreeOperation):
    """What stands before the window in PyTorch's order of arguments."""

    norm_type: NonZero


class PowerPooling(Pooling, _Power):
    """Takes the `norm_type`-th root of the sum of powers of each window: 1 sums, 2 is a length."""

    takes: ClassVar = "any"
    example: ClassVar = {"norm_type": 2, "kernel_size": 2}
    arguments: ClassVar = {
        "norm_type": "The power, and the root of the sum: 1 sums, 2 is a length."
    }

    ceil_mode: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×H'×…, by the arithmetic of windows without padding."""
        (x,) = inputs
        self.check_halves(x)
        self.check_whole(require, x.shape[2:])
        windows = zip(x.shape[2:], self.extents, self.strides, strict=True)
        sizes = (pooled(require, *window, 0, 1, self.ceil_mode) for window in windows)
        dtype = x.dtype if is_floating(x.dtype) else "float32"
        check_holds(self, dtype, 1 / self.norm_type)
        return (Tensor((*x.shape[:2], *sizes), dtype),)


class AdaptivePooling(FreeOperation):
    """Pools each channel by as many windows as make the output `output_size`."""

    spatial: ClassVar = True
    memory: ClassVar = "own"
    takes: ClassVar = "floating"

    output_size: tuple[int | None, ...]

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`output_size`; null keeps the input's size."""
        return (self._pooled(inputs[0]),)

    def _pooled(self, x: Tensor) -> Tensor:
        pairs = zip(self.output_size, x.shape[2:], strict=True)
        sizes = (size if wanted is None else wanted for wanted, size in pairs)
        return x.reshaped(*x.shape[:2], *sizes)


class AdaptiveMaxPooling(AdaptivePooling):
    """Takes the maximum of as many windows as make the output `output_size`."""

    results: ClassVar = ("output", "indices")

    return_indices: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`output_size`; null keeps the input's size. The indices have the same shape."""
        return with_indices(self._pooled(inputs[0]), self.return_indices)


def with_indices(x: Tensor, wanted: bool) -> tuple[Tensor, ...]:
    """Give a tensor, and with it as many indices where they are wanted."""
    return (x, Tensor(x.shape, "int64")) if wanted else (x,)


class AvgPool1d(AveragePooling):
    """Averages each window over a channel of N×C×L; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool1d"
    ranks: ClassVar = (3,)

    kernel_size: Window1d
    stride: Window1d | None = None
    padding: Padding1d = (0,)


class AvgPool2d(AveragePooling):
    """Averages each window over a channel of N×C×H×W; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool2d"
    ranks: ClassVar = (4,)

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)
    divisor_override: Count | None = None


class AvgPool3d(AveragePooling):
    """Averages each window over a channel of N×C×D×H×W; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool3d"
    ranks: ClassVar = (5,)
    whole: ClassVar = True
    halves: ClassVar = False

    kernel_size: Window3d
    stride: Window3d | None = None
    padding: Padding3d = (0, 0, 0)
    divisor_override: Count | None = None


class MaxPool1d(MaxPooling):
    """Takes the maximum of each window over a channel of N×C×L; the stride is the kernel's size.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.MaxPool1d"
    ranks: ClassVar = (3,)

    kernel_size: Window1d
    stride: Window1d | None = None
    padding: Padding1d = (0,)
    dilation: Window1d = (1,)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×L', by the arithmetic of windows; the indices have the same shape."""
        if not self.return_indices:  # PyTorch has another kernel for it
            check_floating(type(self), inputs[0])
        return super().outputs(require, *inputs)


class MaxPool2d(MaxPooling):
    """Takes the maximum of each window over a channel of N×C×H×W; the stride is the kernel's size.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.MaxPool2d"
    ranks: ClassVar = (4,)

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)
    dilation: Window2d = (1, 1)


class MaxPool3d(MaxPooling):
    """Takes the maximum of each window over a channel of N×C×D×H×W.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.MaxPool3d"
    ranks: ClassVar = (5,)

    kernel_size: Window3d
    stride: Window3d | None = None
    padding: Padding3d = (0, 0, 0)
    dilation: Window3d = (1, 1, 1)


class AdaptiveAvgPool1d(AdaptivePooling):
    """Averages each channel of N×C×L over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool1d"
    ranks: ClassVar = (3,)
    arguments: ClassVar = {"output_size": "The length that comes out."}

    output_size: OutputSize1d


class AdaptiveAvgPool2d(AdaptivePooling):
    """Averages each channel of N×C×H×W over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool2d"
    ranks: ClassVar = (4,)

    output_size: OutputSize2d


class AdaptiveAvgPool3d(AdaptivePooling):
    """Averages each channel of N×C×D×H×W over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool3d"
    ranks: ClassVar = (5,)

    output_size: OutputSize3d


class AdaptiveMaxPool1d(AdaptiveMaxPooling):
    """Takes the maximum of each channel of N×C×L by windows that make it `output_size`.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.AdaptiveMaxPool1d"
    ranks: ClassVar = (3,)
    arguments: ClassVar = {"output_size": "The length that comes out."}

    output_size: OutputSize1d


class AdaptiveMaxPool2d(AdaptiveMaxPooling):
    """Takes the maximum of each channel of N×C×H×W by windows that make it `output_size`.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.AdaptiveMaxPool2d"
    ranks: ClassVar = (4,)

    output_size: OutputSize2d


class AdaptiveMaxPool3d(AdaptiveMaxPooling):
    """Takes the maximum of each channel of N×C×D×H×W by windows that make it `output_size`.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.AdaptiveMaxPool3d"
    ranks: ClassVar = (5,)

    output_size: OutputSize3d


class LpPool1d(PowerPooling):
    """Takes the root of the sum of powers of each window over a channel of N×C×L.

    With `norm_type` p that is `(sum of x^p)^(1/p)`: 1 sums, 2 gives a length.
    """

    torch: ClassVar = "nn.LPPool1d"
    ranks: ClassVar = (3,)

    kernel_size: Count  # type: ignore[assignment]  # PyTorch takes no list here
    stride: Count | None = None  # type: ignore[assignment]  # nor here

    @property
    def extents(self) -> tuple[int, ...]:
        """The length of the window."""
        return (self.kernel_size,)

    @property
    def strides(self) -> tuple[int, ...]:
        """The stride, by default the length of the window."""
        return (self.stride or self.kernel_size,)


class LpPool2d(PowerPooling):
    """Takes the root of the sum of powers of each window over a channel of N×C×H×W.

    With `norm_type` p that is `(sum of x^p)^(1/p)`: 1 sums, 2 gives a length.
    """

    torch: ClassVar = "nn.LPPool2d"
    ranks: ClassVar = (4,)

    kernel_size: Window2d
    stride: Window2d | None = None


class LpPool3d(PowerPooling):
    """Takes the root of the sum of powers of each window over a channel of N×C×D×H×W.

    With `norm_type` p that is `(sum of x^p)^(1/p)`: 1 sums, 2 gives a length.
    """

    torch: ClassVar = "nn.LPPool3d"
    ranks: ClassVar = (5,)
    whole: ClassVar = True
    halves: ClassVar = False

    kernel_size: Window3d
    stride: Window3d | None = None
