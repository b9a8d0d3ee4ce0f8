"""Convolutions over any number of dimensions, and the transposed ones."""

from collections.abc import Iterator, Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import model_validator

from archspec.diagnostics import ChannelMismatch, Entry, Remedy, ShapeMismatch, WrongDtype
from archspec.operations.fields import (
    PADDING_WORDS,
    Count,
    Padding1d,
    Padding2d,
    Padding3d,
    PaddingOrWord1d,
    PaddingOrWord2d,
    PaddingOrWord3d,
    Window,
    Window1d,
    Window2d,
    Window3d,
    alike,
    each,
    refused,
    same_size,
)
from archspec.operations.kernels import Kernels, sizes
from archspec.operations.operation import ModuleOperation, Sizes
from archspec.operations.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.sizes import (
    Require,
    Shape,
    Size,
    Tensor,
    check_border,
    convolved,
    equal,
    split_evenly,
    transposed,
)

_WINDOW = ("kernel_size", "stride", "dilation")


class _Kernels(ParametrizedOperation):
    """A layer of `out_channels` kernels, which may be split into groups."""

    spatial: ClassVar = True
    memory: ClassVar = "own"
    takes: ClassVar = "floating"
    inferred: ClassVar = ("in_channels",)
    weighted: ClassVar = True
    bias_dim: ClassVar = 1

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_channels` is the second dimension."""
        super().infer(*inputs)
        return {"in_channels": inputs[0].channels}

    @property
    def weight_rank(self) -> int:
        """As many dimensions as its input has."""
        return self.ranks[0]


class Convolution(_Kernels):
    """Slides `out_channels` kernels over what lies behind the channels."""

    out_channels: Count
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...] | str
    dilation: tuple[int, ...]
    groups: Count = 1
    bias: bool = True
    padding_mode: Literal["zeros", "reflect", "replicate", "circular"] = "zeros"
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @model_validator(mode="after")
    def _same_has_stride_1(self) -> "Convolution":
        if self.padding == "same" and set(self.stride) != {1}:
            raise refused("`padding: same` needs a stride of 1")
        return self

    @classmethod
    def instead_of(
        cls, name: str, word: str, others: Mapping[str, object]
    ) -> tuple[Mapping[str, object], str] | None:
        """Give the padding that divides sizes by the stride, where `same` stands beside one."""
        kernels, _, dilations = (each(others.get(key, 1), cls.ranks[0] - 2) for key in _WINDOW)
        extents = [d * (k - 1) for k, d in zip(kernels, dilations, strict=False)]
        if name != "padding" or word != "same" or not extents or any(e % 2 for e in extents):
            return None
        paddings = [extent // 2 for extent in extents]
        return {"padding": alike(paddings)}, "the size of the input by its stride, rounded up"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×`out_channels`×H'×… with `H' = floor((H + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        split_evenly(require, self.op(), x, self.out_channels, self.groups)
        border = self._border()
        check_border(require, self.padding_mode, x, border)
        if self.padding == "same":
            return (x.reshaped(x.batch, self.out_channels, *x.shape[2:]),)
        windows = zip(
            x.shape[2:], self.kernel_size, self.stride, border, self.dilation, strict=True
        )
        sizes = (convolved(require, *window) for window in windows)
        return (x.reshaped(x.batch, self.out_channels, *sizes),)

    def windows(self) -> tuple[Window, ...]:
        """Give kernel, stride and dilation of each dimension."""
        each = zip(self.kernel_size, self.stride, self.dilation, strict=True)
        return tuple(Window(*window, self.padding == "same") for window in each)

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_channels, in_channels / groups, *kernel_size]`."""
        kernels = (self.out_channels, inferred["in_channels"] // self.groups, *self.kernel_size)
        return {"weight": kernels} | ({"bias": (self.out_channels,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over a window of `in_channels / groups` channels."""
        return outputs[0].elements * (inputs[0].channels // self.groups) * prod(self.kernel_size)

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of kernels, and their size; raise `ValueError` for another rank."""
        kernel = weight[2:]
        if len(weight) not in cls.ranks:
            raise ValueError(f"a weight of {cls.ranks[0]} dimensions is wanted")
        size = kernel[0] if len(set(kernel)) == 1 else kernel
        return {"out_channels": weight[0], "kernel_size": size}

    def _border(self) -> tuple[int, ...]:
        """Give how much is added in each dimension, on the side where it is more."""
        if isinstance(self.padding, tuple):
            return self.padding
        if self.padding == "valid":
            return (0,) * len(self.kernel_size)
        pairs = zip(self.dilation, self.kernel_size, strict=True)
        extents = (dilation * (kernel - 1) for dilation, kernel in pairs)
        return tuple(extent - extent // 2 for extent in extents)


def same_transposed(
    kernels: tuple[int, ...], strides: tuple[int, ...], dilations: tuple[int, ...]
) -> dict[str, object] | None:
    """Find the paddings with which a transposed convolution multiplies sizes by the stride.

    `(n - 1)s - 2p + d(k - 1) + 1 + more` is `n * s` where `2p - more` is `d(k - 1) + 1 - s`.

    >>> same_transposed((3, 3), (2, 2), (1, 1)), same_transposed((4,), (2,), (1,))
    ({'padding': 1, 'output_padding': 1}, {'padding': 1})
    """
    pairs = []
    for kernel, stride, dilation in zip(kernels, strides, dilations, strict=True):
        excess = dilation * (kernel - 1) + 1 - stride
        padding = max(0, (excess + 1) // 2)
        more = 2 * padding - excess
        if more >= stride and more >= dilation:
            return None
        pairs.append((padding, more))
    border, added = (alike(sizes) for sizes in zip(*pairs, strict=True))
    return {"padding": border} | ({"output_padding": added} if added != 0 else {})


class TransposedConvolution(_Kernels):
    """Spreads each number over a window: the convolution that is its gradient."""

    output_dim: ClassVar = 1

    out_channels: Count
    kernel_size: tuple[int, ...]
    stride: tuple[int, ...]
    padding: tuple[int, ...]
    output_padding: tuple[int, ...]
    groups: Count = 1
    bias: bool = True
    dilation: tuple[int, ...]
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @classmethod
    def instead_of(
        cls, name: str, word: str, others: Mapping[str, object]
    ) -> tuple[Mapping[str, object], str] | None:
        """Give the paddings that make the size that `same` has in other frameworks."""
        if name != "padding" or word not in PADDING_WORDS:
            return None
        if word == "valid":
            return {"padding": 0}, "nothing cut off"
        windows = [each(others.get(key, 1), cls.ranks[0] - 2) for key in _WINDOW]
        if not all(windows):
            return None
        kernels, strides, dilations = windows
        written = same_size(kernels, strides, dilations, same_transposed)
        return written, "the size of the input times the stride"

    @model_validator(mode="after")
    def _output_padding_is_small(self) -> "TransposedConvolution":
        windows = zip(self.output_padding, self.stride, self.dilation, strict=True)
        for more, stride, dilation in windows:
            if more >= stride and more >= dilation:
                raise refused(
                    f"`output_padding` must be smaller than `stride` or `dilation`: {more} is not "
                    f"below {stride} or {dilation}"
                )
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×`out_channels`×H'×… with `H' = (H - 1)s - 2p + d(k-1) + output_padding + 1`."""
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

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[in_channels, out_channels / groups, *kernel_size]`."""
        kernels = (inferred["in_channels"], self.out_channels // self.groups, *self.kernel_size)
        return {"weight": kernels} | ({"bias": (self.out_channels,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that goes in is spread over a window of `out_channels / groups` channels."""
        return inputs[0].elements * (self.out_channels // self.groups) * prod(self.kernel_size)


class Conv1d(Convolution):
    """Slides `out_channels` kernels over N×C×L; each of them gives one feature map."""

    torch: ClassVar = "nn.Conv1d"
    ranks: ClassVar = (3,)

    kernel_size: Window1d
    stride: Window1d = (1,)
    padding: PaddingOrWord1d = (0,)
    dilation: Window1d = (1,)


class Conv2d(Convolution):
    """Slides `out_channels` kernels over N×C×H×W; each of them gives one feature map.

    A kernel has `in_channels / groups` channels, and they must match those that it slides over.
    """

    torch: ClassVar = "nn.Conv2d"
    ranks: ClassVar = (4,)

    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: PaddingOrWord2d = (0, 0)
    dilation: Window2d = (1, 1)


class Conv3d(Convolution):
    """Slides `out_channels` kernels over N×C×D×H×W; each of them gives one feature map."""

    torch: ClassVar = "nn.Conv3d"
    ranks: ClassVar = (5,)

    kernel_size: Window3d
    stride: Window3d = (1, 1, 1)
    padding: PaddingOrWord3d = (0, 0, 0)
    dilation: Window3d = (1, 1, 1)


class ConvTranspose1d(TransposedConvolution):
    """Spreads each number of N×C×L over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose1d"
    ranks: ClassVar = (3,)

    kernel_size: Window1d
    stride: Window1d = (1,)
    padding: Padding1d = (0,)
    output_padding: Padding1d = (0,)
    dilation: Window1d = (1,)


class ConvTranspose2d(TransposedConvolution):
    """Spreads each number of N×C×H×W over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose2d"
    ranks: ClassVar = (4,)

    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    output_padding: Padding2d = (0, 0)
    dilation: Window2d = (1, 1)


class ConvTranspose3d(TransposedConvolution):
    """Spreads each number of N×C×D×H×W over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose3d"
    ranks: ClassVar = (5,)

    kernel_size: Window3d
    stride: Window3d = (1, 1, 1)
    padding: Padding3d = (0, 0, 0)
    output_padding: Padding3d = (0, 0, 0)
    dilation: Window3d = (1, 1, 1)


_SOURCE = '''class Filter2d(nn.Module):
    """Slides fixed kernels over N×C×H×W, and gives the maps of each after those of the one before.

    A kernel k×k goes over each channel by itself, a kernel C×k×k over all of them at once.
    """

    def __init__(
        self,
        kernel: list[torch.Tensor],
        stride: int | tuple[int, int] = 1,
        padding: str | int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
    ) -> None:
        super().__init__()
        self.stride = stride
        self.padding = padding
        self.dilation = dilation
        for index, numbers in enumerate(kernel):
            name = f"kernel{index}" if len(kernel) > 1 else "kernel"
            self.register_buffer(name, torch.as_tensor(numbers, dtype=torch.float32).clone())

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return torch.cat([self.maps(input, kernel) for kernel in self.buffers()], 1)

    def maps(self, input: torch.Tensor, kernel: torch.Tensor) -> torch.Tensor:
        """Give the maps of one kernel."""
        each = kernel.ndim == 2
        return nn.functional.conv2d(
            input,
            kernel.expand(input.shape[1], 1, -1, -1) if each else kernel.unsqueeze(0),
            stride=self.stride,
            padding=self.padding,
            dilation=self.dilation,
            groups=input.shape[1] if each else 1,
        )
'''


class Filter2d(ModuleOperation):
    """Slides fixed kernels over N×C×H×W; they are buffers, and never trained.

    A kernel k×k goes over each channel by itself and gives C maps; a kernel C×k×k must have the
    channels of its input, and gives one map. Of several the maps come one after another.
    """

    spatial: ClassVar = True
    torch: ClassVar = "Filter2d"
    ranks: ClassVar = (4,)
    takes: ClassVar = "floating"
    memory: ClassVar = "own"
    source: ClassVar = _SOURCE
    example: ClassVar = {"kernel": "gaussian_blur", "padding": "same"}
    arguments: ClassVar = {"kernel": "The name of a fixed kernel, or a list of names."}

    kernel: Kernels
    stride: Window2d = (1, 1)
    padding: PaddingOrWord2d = (0, 0)
    dilation: Window2d = (1, 1)

    @model_validator(mode="after")
    def _same_has_stride_1(self) -> "Filter2d":
        if self.padding == "same" and self.stride != (1, 1):
            raise refused("`padding: same` needs a stride of 1")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C×H×W of float32, as the kernels are."""
        (x,) = inputs
        super().infer(x)
        if x.dtype != "float32":
            text = f"`{cls.op()}` has kernels of float32, and reads {x.dtype}"
            raise WrongDtype(text, label=f"reads {x} of {x.dtype}")
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×maps×H'×W' with `H' = floor((H + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        maps = sum(self._maps(require, x, kernel) for kernel in self._sizes())
        after = [self._after(require, x, kernel[-2:]) for kernel in self._sizes()]
        for shape, kernel in zip(after, self._sizes(), strict=True):
            for one, other in zip(after[0], shape, strict=True):
                if not require(equal(one, other)):
                    raise _unequal(self._sizes()[0], kernel)
        return (x.reshaped(x.batch, maps, *after[0]),)

    def windows(self) -> tuple[Window, ...]:
        """Give the largest kernel, height before width."""
        largest = (max(sizes) for sizes in zip(*self._windows(), strict=True))
        each = zip(largest, self.stride, self.dilation, strict=True)
        return tuple(Window(*window, self.padding == "same") for window in each)

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`kernel`, or `kernel0`, `kernel1` and so on of several."""
        kernels = self._sizes()
        if len(kernels) == 1:
            return {"kernel": kernels[0]}
        return {f"kernel{index}": kernel for index, kernel in enumerate(kernels)}

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """At each place, as many as each kernel has numbers, in all channels of the input."""
        (x,), (y,) = inputs, outputs
        places = x.batch * prod(y.shape[2:], start=x.channels)
        return places * sum(map(prod, self._windows()))

    def _sizes(self) -> tuple[tuple[int, ...], ...]:
        return tuple(sizes(kernel) for kernel in self.kernel)

    def _windows(self) -> Iterator[tuple[int, ...]]:
        return (kernel[-2:] for kernel in self._sizes())

    def _maps(self, require: Require, x: Tensor, kernel: tuple[int, ...]) -> Size:
        """Say how many maps a kernel gives."""
        if len(kernel) == 2:
            return x.channels
        if not require(equal(x.channels, kernel[0])):
            raise ChannelMismatch(
                "the number of channels in the input and in the kernel must match: the input has "
                f"{x.channels}, and the kernel {_written(kernel)} has {kernel[0]}",
                help="a kernel without channels, k×k, goes over each channel by itself",
            )
        return 1

    def _after(self, require: Require, x: Tensor, kernel: tuple[int, ...]) -> Shape:
        if self.padding == "same":
            return x.shape[2:]
        padding = (0, 0) if isinstance(self.padding, str) else self.padding
        windows = zip(x.shape[2:], kernel, self.stride, padding, self.dilation, strict=True)
        return tuple(convolved(require, *window) for window in windows)


def _unequal(one: tuple[int, ...], other: tuple[int, ...]) -> ShapeMismatch:
    return ShapeMismatch(
        f"`filter2d` cannot put the maps of a kernel {_written(one)} beside those of "
        f"{_written(other)}: they differ in size",
        help=Remedy(
            "with `padding: same` the maps of all kernels are as large as the input",
            Entry("padding", "same"),
        ),
    )


def _written(kernel: tuple[int, ...]) -> str:
    return "×".join(map(str, kernel))
