"""Convolutions over any number of dimensions, and the transposed ones."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.dimensions import Size
from archspec.ops.fields import PADDING_WORDS, Count, each
from archspec.ops.operation import Sizes, check_floating, check_rank
from archspec.ops.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.ops.windows import Window
from archspec.shapes import Require, check_border, convolved, split_evenly, transposed
from archspec.tensors import Tensor

_WINDOW = ("kernel_size", "stride", "dilation")


class _Kernels(ParametrizedOperation):
    """A layer of `out_channels` kernels, which may be split into groups."""

    spatial: ClassVar = True
    memory: ClassVar = "own"
    inferred: ClassVar = ("in_channels",)
    weighted: ClassVar = True
    bias_dim: ClassVar = 1

    dimensions: ClassVar[int]
    """How many dimensions there are behind the channels."""

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_channels` is the second dimension."""
        check_rank(cls, inputs[0], cls.dimensions + 2)
        check_floating(cls, inputs[0])
        return {"in_channels": inputs[0].channels}


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
            raise PydanticCustomError("out_of_range", "`padding: same` needs a stride of 1")
        return self

    @classmethod
    def instead_of(
        cls, name: str, word: str, others: Mapping[str, object]
    ) -> tuple[Mapping[str, object], str] | None:
        """Give the padding that divides sizes by the stride, where `same` stands beside one."""
        kernels, _, dilations = (each(others.get(key, 1), cls.dimensions) for key in _WINDOW)
        extents = [d * (k - 1) for k, d in zip(kernels, dilations, strict=False)]
        if name != "padding" or word != "same" or not extents or any(e % 2 for e in extents):
            return None
        paddings = [extent // 2 for extent in extents]
        written = paddings[0] if len(set(paddings)) == 1 else paddings
        return {"padding": written}, "the size of the input by its stride, rounded up"

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
        if len(kernel) != cls.dimensions:
            raise ValueError(f"a weight of {cls.dimensions + 2} dimensions is wanted")
        size = kernel[0] if len(set(kernel)) == 1 else kernel
        return {"out_channels": weight[0], "kernel_size": size}

    def _border(self) -> tuple[int, ...]:
        """Give how much is added in each dimension, on the side where it is more."""
        if isinstance(self.padding, tuple):
            return self.padding
        if self.padding == "valid":
            return (0,) * self.dimensions
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
    found = []
    for kernel, stride, dilation in zip(kernels, strides, dilations, strict=True):
        excess = dilation * (kernel - 1) + 1 - stride
        padding = max(0, (excess + 1) // 2)
        more = 2 * padding - excess
        if more >= stride and more >= dilation:
            return None
        found.append((padding, more))
    paddings, mores = (list(sizes) for sizes in zip(*found, strict=True))
    written = {"padding": paddings, "output_padding": mores}
    alike = {key: sizes[0] if len(set(sizes)) == 1 else sizes for key, sizes in written.items()}
    return {key: size for key, size in alike.items() if key == "padding" or size != 0}


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
        windows = [each(others.get(key, 1), cls.dimensions) for key in _WINDOW]
        if not all(windows):
            return None
        kernels, strides, dilations = windows
        written = same_transposed(kernels, strides, dilations)
        if written is None:  # around an even kernel one side gets more
            odd = tuple(kernel | 1 for kernel in kernels)
            size = odd[0] if len(set(odd)) == 1 else list(odd)
            written = {"kernel_size": size, **(same_transposed(odd, strides, dilations) or {})}
        return written, "the size of the input times the stride"

    @model_validator(mode="after")
    def _output_padding_is_small(self) -> "TransposedConvolution":
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
