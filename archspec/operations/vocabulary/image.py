"""The places of an image, which are traded for channels, moved or padded."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar, Literal

from pydantic import model_validator

from archspec.diagnostics import (
    ChannelMismatch,
    Entry,
    RankMismatch,
    Remedy,
    ShapeMismatch,
    WindowTooLarge,
    WrongDtype,
)
from archspec.operations.call_text import keywords
from archspec.operations.checks import check_holds, check_not_empty
from archspec.operations.fields import (
    Count,
    FreeIntegers,
    FreeSizeOrSizes,
    OptionalExtended,
    Padding2d,
    Window,
    Window2d,
    refused,
)
from archspec.operations.operation import (
    ElementwiseOperation,
    FreeFunction,
    FreeOperation,
    Operation,
    Sizes,
    check_floating,
)
from archspec.sizes import (
    Polynomial,
    Require,
    Shape,
    Size,
    Tensor,
    at_least,
    convolved,
    divisible,
    equal,
)


class ImageOperation(FreeOperation):
    """A module over images N×C×H×W of any dtype; more dimensions may stand before the channels."""

    spatial: ClassVar = True

    least_rank: ClassVar = 4


Pair = tuple[int, int]


def blocks(
    require: Require, sizes: Shape, kernel_size: Pair, stride: Pair, padding: Pair, dilation: Pair
) -> Size:
    """Count the places at which a window stands: `floor((n + 2p - d(k-1) - 1) / s) + 1` each way.

    >>> blocks(bool, (6, 8), (2, 2), (2, 2), (0, 0), (1, 1))
    12
    """
    windows = zip(sizes, kernel_size, stride, padding, dilation, strict=True)
    rows, columns = (convolved(require, *window) for window in windows)
    return rows * columns


def check_copied(operation: type[Operation], x: Tensor) -> None:
    """Raise `WrongDtype` where the input holds integers, which PyTorch does not copy so."""
    if x.dtype != "bool":
        check_floating(operation, x)


class PixelShuffle(ImageOperation):
    """Makes an image larger, of its channels: r² of them become a square of r×r places.

    N×C·r²×H×W becomes N×C×H·r×W·r. Shi et al., https://arxiv.org/abs/1609.05158.
    """

    torch: ClassVar = "nn.PixelShuffle"
    memory: ClassVar = "own"
    example: ClassVar = {"upscale_factor": 2}

    arguments: ClassVar = {"upscale_factor": "How many times as high and wide it becomes."}

    upscale_factor: Count

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×(C / r²)×(H · r)×(W · r)."""
        (x,) = inputs
        *others, channels, height, width = x.shape
        square = self.upscale_factor**2
        if not require(divisible(channels, square)):
            raise ChannelMismatch(
                f"`pixel_shuffle` makes {square} places of {square} channels, and the {channels} "
                f"channels of its input are no multiple of {square}",
                help=f"`upscale_factor: {self.upscale_factor}` needs {square} times as many "
                "channels as come out",
            )
        sizes = (height * self.upscale_factor, width * self.upscale_factor)
        return (x.reshaped(*others, channels // square, *sizes),)


class PixelUnshuffle(ImageOperation):
    """Makes an image smaller and loses nothing: each square of r×r places becomes r² channels.

    N×C×H×W becomes N×C·r²×(H / r)×(W / r).
    """

    torch: ClassVar = "nn.PixelUnshuffle"
    memory: ClassVar = "own"
    example: ClassVar = {"downscale_factor": 2}
    arguments: ClassVar = {"downscale_factor": "By what height and width are divided."}

    downscale_factor: Count

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×(C · r²)×(H / r)×(W / r)."""
        (x,) = inputs
        *others, channels, height, width = x.shape
        sizes = (self._smaller(require, "height", height), self._smaller(require, "width", width))
        return (x.reshaped(*others, channels * self.downscale_factor**2, *sizes),)

    def _smaller(self, require: Require, name: str, size: Size) -> Size:
        if not require(divisible(size, self.downscale_factor)):
            raise ShapeMismatch(
                f"`pixel_unshuffle` cannot cut a {name} of {size} evenly into squares of "
                f"`downscale_factor: {self.downscale_factor}`",
                help="pad its input, or choose a factor that divides both sizes",
            )
        return size // self.downscale_factor


class ChannelShuffle(ElementwiseOperation):
    """Reorders the channels: the first of each group, then the second of each, and so on."""

    torch: ClassVar = "nn.ChannelShuffle"
    ranks: ClassVar = (3, 4, 5)
    memory: ClassVar = "own"

    groups: Count

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        if not require(divisible(x.channels, self.groups)):
            raise ChannelMismatch(
                f"`channel_shuffle` cannot split the {x.channels} channels of its input evenly "
                f"into `groups: {self.groups}`",
            )
        return inputs


class Fold(FreeFunction):
    """Puts columns N×C·k·k×L together to an image N×C×H×W; where windows overlap, they are added.

    `unfold` with the same windows makes such columns of the image.
    """

    torch: ClassVar = "nn.functional.fold"
    ranks: ClassVar = (3,)
    example: ClassVar = {"output_size": 8, "kernel_size": 2, "stride": 2}
    example_inputs: ClassVar = (((64, 16), "float32"),)
    arguments: ClassVar = {"output_size": "Height and width of the image, or one number for both."}

    output_size: FreeSizeOrSizes
    kernel_size: Window2d
    dilation: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    stride: Window2d = (1, 1)

    @model_validator(mode="after")
    def _is_of_an_image(self) -> "Fold":
        if isinstance(self.output_size, tuple) and len(self.output_size) != 2:
            raise refused("`output_size` is a size, or a list of height and width")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C·k·k×L."""
        super().infer(*inputs)
        check_copied(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`output_size`, where L must be as many windows as there are in that."""
        (x,) = inputs
        _, rows, columns = x.shape
        places = prod(self.kernel_size)
        if not require(divisible(rows, places)):
            raise ChannelMismatch(
                f"`fold` takes {places} numbers for each channel of a window, and {rows} are no "
                f"multiple of {places}"
            )
        sizes = self._sizes()
        count = blocks(require, sizes, self.kernel_size, self.stride, self.padding, self.dilation)
        if not require(equal(columns, count)):
            raise ShapeMismatch(
                f"`fold` needs {count} windows for {sizes[0]}×{sizes[1]}, and its input has "
                f"{columns}",
                help="its arguments are those of the `unfold` that made the columns",
            )
        return (x.reshaped(x.batch, rows // places, *sizes),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.fold(x, (8, 8), (2, 2), stride=(2, 2))`."""
        required = f"{arguments['output_size']}, {arguments['kernel_size']}"
        named = keywords(arguments, "output_size", "kernel_size")
        return f"{self.torch}({inputs[0]}, {required}{named})"

    def _sizes(self) -> tuple[Size, Size]:
        if isinstance(self.output_size, tuple):
            height, width = self.output_size
            return height, width
        return self.output_size, self.output_size


class Unfold(FreeOperation):
    """Takes the windows of N×C×H×W, and gives each as a column of N×C·k·k×L: patches, say.

    L is how many windows there are, row by row. What `linear` makes of the columns is what a
    convolution makes of the windows.
    """

    torch: ClassVar = "nn.Unfold"
    ranks: ClassVar = (4,)

    kernel_size: Window2d
    dilation: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    stride: Window2d = (1, 1)

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C×H×W."""
        super().infer(*inputs)
        check_copied(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×(C · k · k)×L, where L is the product of `floor((n + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        count = blocks(
            require, x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation
        )
        return (x.reshaped(x.batch, x.channels * prod(self.kernel_size), count),)

    def windows(self) -> tuple[Window, ...]:
        """Give kernel, stride and dilation, height before width."""
        each = zip(self.kernel_size, self.stride, self.dilation, strict=True)
        return tuple(Window(*window) for window in each)


class Pad(FreeFunction):
    """Puts a border round its input, or with negative numbers cuts one off.

    `pad` holds how much goes before and after: first of the last dimension, then of the one
    before it, and so on.
    """

    torch: ClassVar = "nn.functional.pad"
    memory: ClassVar = "own"

    pad: FreeIntegers
    mode: Literal["constant", "reflect", "replicate", "circular"] = "constant"
    value: OptionalExtended = None

    @model_validator(mode="after")
    def _fits_the_mode(self) -> "Pad":
        if not self.pad or len(self.pad) % 2:
            raise refused("`pad` holds two numbers for each dimension")
        if self.mode == "constant":
            return self
        if len(self.pad) > 6 or any(isinstance(width, int) and width < 0 for width in self.pad):
            raise refused("`pad` holds 2, 4 or 6 numbers of at least 0 unless constant")
        if self.value is not None:
            raise refused("`value` is of `mode: constant`")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Add both borders to each dimension named, the last one first."""
        (x,) = inputs
        check_holds(self, x.dtype, self.value)
        borders = list(zip(self.pad[::2], self.pad[1::2], strict=True))
        self._check_rank(x, len(borders))
        self._check_dtype(x)
        kept = x.shape[: x.rank - len(borders)]
        padded = x.shape[x.rank - len(borders) :]
        pairs = zip(padded, reversed(borders), strict=True)
        return (x.reshaped(*kept, *(self._padded(require, *pair) for pair in pairs)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.pad(x, (1, 1))`."""
        return f"{self.torch}({inputs[0]}, {arguments['pad']}{keywords(arguments, 'pad')})"

    def _check_rank(self, x: Tensor, count: int) -> None:
        """All dimensions may get a constant border, others only those after the channels."""
        if self.mode != "constant" and x.rank not in (count + 1, count + 2):
            raise RankMismatch(
                f"`pad` with `mode: {self.mode}` and {2 * count} numbers takes a tensor of "
                f"{count + 1} or {count + 2} dimensions, not of {x.rank}",
                help=self._with_all(x),
            )
        if count > x.rank:
            raise RankMismatch(
                f"`pad` holds borders of {count} dimensions, and its input has {x.rank}",
                label=f"reads {x}",
            )

    def _check_dtype(self, x: Tensor) -> None:
        """Raise `WrongDtype` for truth values where the border is made from the input."""
        if x.dtype == "bool" and self.mode in ("reflect", "replicate"):
            raise WrongDtype(f"`pad` with `mode: {self.mode}` takes numbers, not truth values")

    def _with_all(self, x: Tensor) -> str | None:
        """Write a border for each dimension after the channels, where some are not named."""
        missing = 2 * (x.rank - 2) - len(self.pad)
        if not 0 < missing <= 6 - len(self.pad):
            return None
        numbers = ", ".join(map(str, (*self.pad, *(0,) * missing)))
        text = f"name every dimension after the channels: `pad: [{numbers}]`"
        return Remedy(text, Entry("pad", f"[{numbers}]"))

    def _padded(self, require: Require, size: Size, border: tuple[Size, Size]) -> Size:
        self._check_mode(require, size, border)
        numbers = [width for width in border if isinstance(width, int)]
        cut_off = sum(min(0, width) for width in numbers)
        check_not_empty(require, self, size + cut_off, f"{-cut_off} of {size} are cut off")
        free = [width for width in border if isinstance(width, Polynomial)]
        for widths in (*((width,) for width in free), free):  # any of them may be negative
            left = size + cut_off + sum(widths)
            check_not_empty(require, self, left, f"{left} of {size} are left")
        return size + sum(border)

    def _check_mode(self, require: Require, size: Size, border: tuple[Size, Size]) -> None:
        """Hold that the input has what its border is made from."""
        more = {"reflect": 1, "circular": 0}.get(self.mode)
        for width in border:
            if more is not None and not require(at_least(size, width + more)):
                raise WindowTooLarge(
                    f"`{self.mode}` padding of {width} does not fit an input of {size}"
                )
            if self.mode != "constant" and not require(at_least(width, 0)):
                raise WindowTooLarge(f"`{self.mode}` padding of {width} would cut something off")
