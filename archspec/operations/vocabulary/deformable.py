"""`deform_conv2d`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch, SymbolicValue
from archspec.operations.checks import check_one_dtype
from archspec.operations.fields import Count, Padding2d, Window2d
from archspec.operations.operation import Sizes
from archspec.operations.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.sizes import Require, Size, Tensor, convolved, divisible, equal, split_evenly

_SOURCE = '''class DeformConv2d(nn.Module):
    """Convolves pixels that offsets move, and that a mask weighs if there is one.

    Its arguments, weights and results are those of `torchvision.ops.DeformConv2d`.
    """

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int | tuple[int, int],
        stride: int | tuple[int, int] = 1,
        padding: int | tuple[int, int] = 0,
        dilation: int | tuple[int, int] = 1,
        groups: int = 1,
        bias: bool = True,
    ) -> None:
        super().__init__()
        self.kernel_size = (kernel_size,) * 2 if isinstance(kernel_size, int) else kernel_size
        self.stride = (stride,) * 2 if isinstance(stride, int) else stride
        self.padding = (padding,) * 2 if isinstance(padding, int) else padding
        self.dilation = (dilation,) * 2 if isinstance(dilation, int) else dilation
        self.in_channels = in_channels
        self.out_channels = out_channels
        self.groups = groups
        plain = nn.Conv2d(in_channels, out_channels, self.kernel_size, groups=groups, bias=bias)
        self.weight = plain.weight
        self.bias = plain.bias

    def forward(
        self, input: torch.Tensor, offset: torch.Tensor, mask: torch.Tensor | None = None
    ) -> torch.Tensor:
        batch, (height, width) = input.shape[0], input.shape[2:]
        cells = self.kernel_size[0] * self.kernel_size[1]
        rows, columns = offset.shape[2:]
        # groups of channels that move together stand beside the samples
        moved = batch * offset.shape[1] // (2 * cells)
        offset = offset.reshape(moved, *self.kernel_size, 2, rows, columns)
        y = offset[:, :, :, 0] + self.places(offset, 0, rows)[:, None, :, None]
        x = offset[:, :, :, 1] + self.places(offset, 1, columns)[:, None]
        grid = torch.stack([(2 * x + 1) / width - 1, (2 * y + 1) / height - 1], dim=-1)
        pixels = nn.functional.grid_sample(
            input.reshape(moved, -1, height, width), grid.flatten(1, 3), align_corners=False
        )
        if mask is not None:
            pixels = pixels * mask.reshape(moved, 1, cells * rows, columns)
        pixels = pixels.reshape(batch, self.groups, -1, rows * columns)
        kernels = self.weight.view(self.groups, self.out_channels // self.groups, -1)
        output = (kernels @ pixels).view(batch, self.out_channels, rows, columns)
        return output if self.bias is None else output + self.bias[:, None, None]

    def places(self, like: torch.Tensor, axis: int, count: int) -> torch.Tensor:
        """Say where each row or column of a kernel lies, before it is moved: at `count` steps."""
        steps = torch.arange(count, dtype=like.dtype, device=like.device) * self.stride[axis]
        cells = torch.arange(self.kernel_size[axis], dtype=like.dtype, device=like.device)
        return (cells * self.dilation[axis])[:, None] + steps - self.padding[axis]

    def extra_repr(self) -> str:
        return f"{self.in_channels}, {self.out_channels}, kernel_size={self.kernel_size}"
'''


class DeformConv2d(ParametrizedOperation):
    """Slides kernels over N×C×H×W whose cells look where a second input, the offsets, moves them.

    The offsets are N×2gk×H'×W' for k cells of a kernel, the height and the width of a group of
    channels and cell beside each other; g groups of channels move together. A third input, if it
    is there, is a mask N×gk×H'×W', with which what each cell sees is multiplied. As in torchvision
    (Zhu et al., https://arxiv.org/abs/1811.11168).
    """

    torch: ClassVar = "DeformConv2d"
    source: ClassVar = _SOURCE
    arity: ClassVar = (2, 3)
    inferred: ClassVar = ("in_channels",)
    weighted: ClassVar = True
    ranks: ClassVar = (4,)
    takes: ClassVar = "floating"
    bias_dim: ClassVar = 1
    spatial: ClassVar = True
    example: ClassVar = {"out_channels": 8, "kernel_size": 3, "padding": 1}
    example_inputs: ClassVar = (((8, 32, 32), "float32"), ((18, 32, 32), "float32"))

    out_channels: Count
    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    dilation: Window2d = (1, 1)
    groups: Count = 1
    bias: bool = True
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_channels` is the second dimension of the first input."""
        for tensor in inputs:
            super().infer(tensor)
        return {"in_channels": inputs[0].channels}

    @property
    def weight_rank(self) -> int:
        """As many dimensions as its input has."""
        return 4

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×`out_channels`×H'×W' with `H' = floor((H + 2p - d(k-1) - 1) / s) + 1`."""
        x, offset, *masks = inputs
        check_one_dtype(self, inputs)
        split_evenly(require, self.op(), x, self.out_channels, self.groups)
        moved = self._moved(require, x, offset)
        windows = zip(
            x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation, strict=True
        )
        sizes = tuple(convolved(require, *window) for window in windows)
        for tensor, each, name in ((offset, 2, "offsets"), *((mask, 1, "mask") for mask in masks)):
            wanted = (x.batch, each * moved * prod(self.kernel_size), *sizes)
            if not all(require(equal(*pair)) for pair in zip(tensor.shape, wanted, strict=True)):
                raise ShapeMismatch(
                    f"the {name} of `deform_conv2d` must be {x.reshaped(*wanted)}, not {tensor}"
                )
        return (x.reshaped(x.batch, self.out_channels, *sizes),)

    def _moved(self, require: Require, x: Tensor, offset: Tensor) -> int:
        """Say how many groups of channels there are that move together."""
        cells, channels = prod(self.kernel_size), offset.channels
        if not isinstance(channels, int):
            raise SymbolicValue(
                "`deform_conv2d` needs the number of offsets for each place, and it depends on a "
                f"symbol: {channels}"
            )
        if channels % (2 * cells):
            raise ShapeMismatch(
                f"`deform_conv2d` takes two offsets for each of the {cells} cells of a kernel, and "
                f"{channels} are no multiple of {2 * cells}",
                label=f"reads offsets {offset}",
                help="a `conv2d` of the same stride and padding with "
                f"`out_channels: {2 * cells}` makes them",
            )
        groups = channels // (2 * cells)
        if not require(divisible(x.channels, groups)):
            raise ShapeMismatch(
                f"`deform_conv2d` cannot split the {x.channels} channels of its input evenly into "
                f"the {groups} groups for which there are offsets"
            )
        return groups

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_channels, in_channels / groups, *kernel_size]`."""
        kernels = (self.out_channels, inferred["in_channels"] // self.groups, *self.kernel_size)
        return {"weight": kernels} | ({"bias": (self.out_channels,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """As a convolution: a sum over a window of `in_channels / groups` channels.

        What moves and weighs the cells is left out.
        """
        return outputs[0].elements * (inputs[0].channels // self.groups) * prod(self.kernel_size)
