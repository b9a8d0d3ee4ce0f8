"""Unpooling over any number of dimensions: what a max pooling took goes back to its place."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import EmptyTensor, RankMismatch, ShapeMismatch, WrongDtype
from archspec.operations.call_text import keywords
from archspec.operations.fields import (
    OptionalShape,
    Padding1d,
    Padding2d,
    Padding3d,
    Window1d,
    Window2d,
    Window3d,
)
from archspec.operations.operation import FreeFunction, check_floating
from archspec.sizes import Require, Shape, Size, Tensor, at_least, equal


class Unpooling(FreeFunction):
    """Puts each maximum back where its index says that it stood, among zeros.

    It reads what a max pooling with `return_indices` gave, and that pooling's indices.
    """

    spatial: ClassVar = True
    arity: ClassVar = (2, 2)
    arguments: ClassVar = {
        "output_size": "The sizes that come out, less than a stride away from what windows make."
    }

    kernel_size: tuple[int, ...]
    stride: tuple[int, ...] | None = None
    padding: tuple[int, ...]
    output_size: OptionalShape = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×H'×… with `H' = (H - 1)s - 2p + k`, or `output_size`, which is nearly that."""
        x, indices = inputs
        self._check_indices(require, x, indices)
        usual = self._windows_make(x.shape[2:])
        sizes = usual if self.output_size is None else self._wanted(require, usual)
        for size in sizes:
            if not require(at_least(size, 1)):
                raise EmptyTensor(f"`padding` of `{self.op()}` leaves a size of {size}")
        check_floating(type(self), x)
        return (x.reshaped(*x.shape[:2], *sizes),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.max_unpool2d(x, indices, 2)`."""
        first = ", ".join((*inputs, arguments["kernel_size"]))
        return f"{self.torch}({first}{keywords(arguments, 'kernel_size')})"

    @property
    def _strides(self) -> tuple[int, ...]:
        return self.stride or self.kernel_size

    def _check_indices(self, require: Require, x: Tensor, indices: Tensor) -> None:
        if indices.dtype != "int64":
            raise WrongDtype(f"`{self.op()}` takes indices of int64, not {indices.dtype}")
        same = len(x.shape) == len(indices.shape) and all(
            require(equal(a, b)) for a, b in zip(x.shape, indices.shape, strict=True)
        )
        if not same:
            raise ShapeMismatch(f"`{self.op()}` takes an index for each value: {x} and {indices}")

    def _windows_make(self, sizes: Shape) -> Shape:
        windows = zip(sizes, self.kernel_size, self._strides, self.padding, strict=True)
        return tuple((n - 1) * s - 2 * p + k for n, k, s, p in windows)

    def _wanted(self, require: Require, made: Shape) -> Shape:
        """Give `output_size` without batch and channels: a pool rounds away less than a stride."""
        wanted = self._behind_the_channels()
        for size, usual, stride in zip(wanted, made, self._strides, strict=True):
            least, most = usual - stride + 1, usual + stride - 1
            if not (require(at_least(size, least)) and require(at_least(most, size))):
                raise self._too_far(size, least, most)
        return wanted

    def _behind_the_channels(self) -> Shape:
        wanted, (rank,) = self.output_size or (), self.ranks
        if len(wanted) not in (rank - 2, rank):
            raise RankMismatch(
                f"`output_size` has {len(wanted)} numbers, and `{self.op()}` takes "
                f"{rank - 2}, or {rank} with batch and channels"
            )
        return wanted[2 - rank :]

    def _too_far(self, size: Size, least: Size, most: Size) -> ShapeMismatch:
        return ShapeMismatch(
            f"`{self.op()}` cannot give a size of {size}: `output_size` may be {least} to {most}",
            help="say the size of what the pooling read: `output_size: x.shape[2:]`",
        )


class MaxUnpool1d(Unpooling):
    """Puts each maximum of N×C×L back where its index says that it stood, among zeros.

    It reads what `max_pool1d` with `return_indices` gave, and its indices. Where that pooling
    rounded down, `output_size: x.shape[2:]` gives the size of what it read.
    """

    torch: ClassVar = "nn.functional.max_unpool1d"
    ranks: ClassVar = (3,)
    example: ClassVar = {"kernel_size": 2}
    example_inputs: ClassVar = (((8, 16), "float32"), ((8, 16), "int64"))

    kernel_size: Window1d
    stride: Window1d | None = None
    padding: Padding1d = (0,)


class MaxUnpool2d(Unpooling):
    """Puts each maximum of N×C×H×W back where its index says that it stood, among zeros.

    It reads what `max_pool2d` with `return_indices` gave, and its indices. Where that pooling
    rounded down, `output_size: x.shape[2:]` gives the size of what it read.
    """

    torch: ClassVar = "nn.functional.max_unpool2d"
    ranks: ClassVar = (4,)
    example: ClassVar = {"kernel_size": 2}
    example_inputs: ClassVar = (((8, 16, 16), "float32"), ((8, 16, 16), "int64"))

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)


class MaxUnpool3d(Unpooling):
    """Puts each maximum of N×C×D×H×W back where its index says that it stood, among zeros.

    It reads what `max_pool3d` with `return_indices` gave, and its indices. Where that pooling
    rounded down, `output_size: x.shape[2:]` gives the size of what it read.
    """

    torch: ClassVar = "nn.functional.max_unpool3d"
    ranks: ClassVar = (5,)
    example: ClassVar = {"kernel_size": 2}
    example_inputs: ClassVar = (((8, 4, 4, 4), "float32"), ((8, 4, 4, 4), "int64"))

    kernel_size: Window3d
    stride: Window3d | None = None
    padding: Padding3d = (0, 0, 0)
