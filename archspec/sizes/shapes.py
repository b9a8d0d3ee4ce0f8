"""Shapes of tensors: windows, groups of channels and broadcasting, for numbers and symbols alike.

The formulas are those of PyTorch's documentation of `Conv2d` and `MaxPool2d`, as its CPU kernels
apply them. A `require` decides a truth: it returns false where it fails, and keeps a condition
that cannot be decided for every size.
"""

from collections.abc import Callable
from dataclasses import dataclass
from functools import reduce
from math import gcd, prod

from archspec.diagnostics import (
    ChannelMismatch,
    EmptyTensor,
    Entry,
    Remedy,
    ShapeMismatch,
    SymbolicValue,
    WindowTooLarge,
)
from archspec.sizes.comparing import Truth, at_least, divisible, equal
from archspec.sizes.polynomial import Size, substitute, symbols_of

Require = Callable[[Truth], bool]

Shape = tuple[Size, ...]


@dataclass(frozen=True, slots=True)
class Tensor:
    """A shape, batch first, and a dtype by PyTorch's name.

    >>> print(Tensor((2, 64, 56, 56)))
    2×64×56×56
    >>> print(Tensor(()))
    scalar
    """

    shape: Shape
    dtype: str = "float32"

    def __str__(self) -> str:
        return "×".join(dimension_text(size) for size in self.shape) or "scalar"

    @property
    def rank(self) -> int:
        """The number of dimensions, batch included."""
        return len(self.shape)

    @property
    def batch(self) -> Size:
        """The first dimension."""
        return self.shape[0]

    @property
    def channels(self) -> Size:
        """The second dimension."""
        return self.shape[1]

    @property
    def features(self) -> Size:
        """The last dimension."""
        return self.shape[-1]

    @property
    def elements(self) -> Size:
        """The product of all dimensions."""
        numbers = [size for size in self.shape if isinstance(size, int)]
        if len(numbers) == len(self.shape):
            return prod(numbers)
        symbolic = (size for size in self.shape if not isinstance(size, int))
        return prod(symbolic, start=1) * prod(numbers)

    @property
    def symbols(self) -> frozenset[str]:
        """The names of the symbols in its shape."""
        return frozenset().union(*(symbols_of(size) for size in self.shape))

    def reshaped(self, *shape: Size) -> "Tensor":
        """Give a tensor of the same dtype with another shape."""
        return Tensor(tuple(shape), self.dtype)

    def substitute(self, values: dict[str, Size]) -> "Tensor":
        """Put sizes in the place of symbols."""
        return self.reshaped(*(substitute(size, values) for size in self.shape))


def dimension_text(size: Size) -> str:
    """Write a size so that it can stand between `×` signs.

    >>> dimension_text(64)
    '64'
    """
    return str(size) if isinstance(size, int) else size.grouped()


def effective(kernel: int, dilation: int) -> int:
    """Give the extent of a dilated kernel.

    >>> effective(3, 2)
    5
    """
    return dilation * (kernel - 1) + 1


def convolved(
    require: Require, size: Size, kernel: int, stride: int, padding: int, dilation: int
) -> Size:
    """Give the size after a window has slid over it: `floor((n + 2p - d(k-1) - 1) / s) + 1`.

    >>> convolved(bool, 224, kernel=7, stride=2, padding=3, dilation=1)
    112
    """
    slack = size + 2 * padding - effective(kernel, dilation)
    if not require(at_least(slack, 0)):
        raise _too_large(size, kernel, padding, dilation)
    return slack // stride + 1


def pooled(
    require: Require,
    size: Size,
    kernel: int,
    stride: int,
    padding: int,
    dilation: int,
    ceil_mode: bool,
) -> Size:
    """Give the size after pooling; with `ceil_mode` a last window must start inside the input.

    >>> pooled(bool, 9, kernel=4, stride=4, padding=2, dilation=1, ceil_mode=True)
    3
    """
    extent = effective(kernel, dilation)
    slack = size + 2 * padding - extent
    if ceil_mode:  # up, but not so far that the last window starts in the right padding
        slack = slack + min(stride - 1, extent - padding - 1)
    if not require(at_least(slack, 0)):
        raise _too_large(size, kernel, padding, dilation)
    return slack // stride + 1


def transposed(
    require: Require,
    size: Size,
    kernel: int,
    stride: int,
    padding: int,
    output_padding: int,
    dilation: int,
) -> Size:
    """Give the size that a convolution makes `size` of: `(n - 1)s - 2p + d(k-1) + 1 + more`.

    >>> transposed(bool, 7, kernel=4, stride=2, padding=1, output_padding=0, dilation=1)
    14
    """
    spread = (size - 1) * stride + effective(kernel, dilation)
    result = spread - 2 * padding + output_padding
    if not require(at_least(result, 1)):
        raise EmptyTensor(
            f"a padding of {padding} on either side leaves nothing of {spread}",
            help="use a smaller `padding` or a larger `kernel_size`",
        )
    return result


_EXACT = 2**20


def scaled(require: Require, operation: str, size: Size, factor: float) -> Size:
    """Give the size after resampling: `floor(n * factor)`, in floating point as PyTorch has it.

    >>> scaled(bool, "upsample", 7, 1.5)
    10
    """
    numerator, denominator = float(factor).as_integer_ratio()
    if not isinstance(size, int) and denominator > _EXACT:
        raise SymbolicValue(
            f"`{operation}` multiplies {size} by {factor}, and rounds some sizes up before it "
            "rounds down",
            help="use a `scale_factor` that is exact in binary, such as 2, 0.5 or 1.25, or `size`",
        )
    result = int(size * factor) if isinstance(size, int) else size * numerator // denominator
    if not require(at_least(result, 1)):
        raise EmptyTensor(f"`{operation}` makes a size of {result} out of {size}")
    return result


def _too_large(size: Size, kernel: int, padding: int, dilation: int) -> WindowTooLarge:
    extent = effective(kernel, dilation)
    window = (
        f"a window of {extent}"
        if dilation == 1
        else (f"a window of {extent} (kernel {kernel}, dilation {dilation})")
    )
    padded = size + 2 * padding
    over = f"an input of {size}" if not padding else f"an input of {padded} (with padding)"
    return WindowTooLarge(
        f"{window} does not fit into {over}: {extent} > {padded}",
        help="use a smaller kernel or more padding, or shrink the input less in the layers before",
    )


def split_evenly(
    require: Require, operation: str, x: Tensor, out_channels: int, groups: int
) -> None:
    """Refuse groups that do not divide the channels that go in and those that come out."""
    sizes = {"in_channels": x.channels, "out_channels": out_channels}
    uneven = [name for name, size in sizes.items() if not require(divisible(size, groups))]
    if not uneven:
        return
    split, size = uneven[0], sizes[uneven[0]]
    whose = f"the {size} channels of its input" if split == "in_channels" else f"{split}={size}"
    raise ChannelMismatch(
        f"`{operation}` cannot split {whose} evenly into `groups: {groups}`",
        label=f"reads {x}, {x.channels} channels",
        notes=(
            "the number of channels in the input and in the kernel must match: each kernel "
            "has `in_channels / groups` channels and slides over as many",
        ),
        help=_fitting_groups(x.channels, out_channels),
    )


def _fitting_groups(channels: Size, out_channels: Size) -> str | None:
    """List the groups that divide both numbers of channels."""
    if not isinstance(channels, int) or not isinstance(out_channels, int):
        return None
    both = f"between {channels} channels in and {out_channels} out"
    return dividing("groups", gcd(channels, out_channels), both)


def dividing(argument: str, size: Size, what: str) -> Remedy | None:
    """List what an argument may be that divides a size; of large ones the first.

    >>> print(dividing("num_heads", 12, "for 12 features"))
    `num_heads` may be 1, 2, 3, 4, 6 or 12 for 12 features
    """
    if not isinstance(size, int):
        return None
    fit = [str(number) for number in range(1, min(size, 64) + 1) if size % number == 0]
    *most, last = fit
    either = f"{', '.join(most)} or {last}" if most else last
    text = f"`{argument}` may be {either} {what}"
    return Remedy(text, *(Entry(argument, number) for number in fit))


def check_border(require: Require, mode: str, x: Tensor, padding: tuple[int, ...]) -> None:
    """Refuse a reflected border as large as the input, and a wrapped one larger than it."""
    more = {"reflect": 1, "circular": 0}.get(mode)
    if more is None:
        return
    for size, border in zip(x.shape[2:], padding, strict=True):
        if not require(at_least(size, border + more)):
            raise WindowTooLarge(f"`{mode}` padding of {border} does not fit an input of {size}")


def broadcast(require: Require, operation: str, tensors: tuple[Tensor, ...]) -> Tensor:
    """Give the shape of element-wise operations: aligned at the right, sizes of 1 expand.

    >>> print(broadcast(bool, "add", (Tensor((2, 64, 1, 1)), Tensor((2, 64, 56, 56)))))
    2×64×56×56
    """
    shape: Shape = ()
    for tensor in tensors:
        shape = _joined(require, operation, shape, tensor.shape)
    return Tensor(shape, promoted(tensors))


def promoted(tensors: tuple[Tensor, ...]) -> str:
    """Give the dtype of what is computed from several, by PyTorch's rules of type promotion.

    What has no dimensions counts as a number does: only its kind can change the dtype of others.

    >>> promoted((Tensor((2, 8), "int64"), Tensor((2, 8), "float32")))
    'float32'
    >>> promoted((Tensor((2, 8), "float16"), Tensor((), "float32")))
    'float16'
    """
    return reduce(_joined_kind, tensors).dtype


def _joined_kind(a: Tensor, b: Tensor) -> Tensor:
    """Give the wider one of two dtypes, with the dimensions of the one that has any."""
    if (a.rank == 0) == (b.rank == 0):
        return Tensor(a.shape, _wider_dtype(a.dtype, b.dtype))
    number, tensor = (a, b) if a.rank == 0 else (b, a)
    wins = _kind(number.dtype) > _kind(tensor.dtype)
    return Tensor(tensor.shape, number.dtype) if wins else tensor


def _kind(dtype: str) -> int:
    """Order the kinds: truth values, integers, numbers with a point."""
    return 0 if dtype == "bool" else 1 if "int" in dtype else 2


def is_floating(dtype: str) -> bool:
    """Say whether a dtype has numbers with a point.

    >>> is_floating("bfloat16"), is_floating("int64")
    (True, False)
    """
    return dtype.startswith(("float", "bfloat"))


_DTYPES = (
    *("bool", "uint8", "int8", "int16", "int32", "int64"),
    *("float16", "bfloat16", "float32", "float64"),
)

_NEITHER_HOLDS_BOTH = {
    frozenset(["uint8", "int8"]): "int16",
    frozenset(["float16", "bfloat16"]): "float32",
}


def _wider_dtype(a: str, b: str) -> str:
    return _NEITHER_HOLDS_BOTH.get(frozenset([a, b])) or max(a, b, key=_DTYPES.index)


def _joined(require: Require, operation: str, a: Shape, b: Shape) -> Shape:
    rank = max(len(a), len(b))
    left = (1,) * (rank - len(a)) + a
    right = (1,) * (rank - len(b)) + b
    return tuple(
        _wider(require, operation, *sizes, dimension_name(index, rank))
        for index, sizes in enumerate(zip(left, right, strict=True))
    )


def _wider(require: Require, operation: str, a: Size, b: Size, name: str) -> Size:
    if a == 1:
        return b
    if b == 1:
        return a
    if not require(equal(a, b)):
        raise mismatch(f"`{operation}`", name, a, b)
    return a


def dimension_name(index: int, rank: int) -> str:
    """Say what a dimension is where its place tells.

    >>> dimension_name(1, 4), dimension_name(1, 3)
    ('number of channels', 'dimension 1')
    """
    names = {4: ("batch", "number of channels", "height", "width")}
    return names[rank][index] if rank in names else f"dimension {index}"


def mismatch(operation: str, name: str, a: Size, b: Size) -> ShapeMismatch | ChannelMismatch:
    """Say that what is joined differs in a dimension, and how that can be mended."""
    remedy = {
        "number of channels": "a `conv2d` with `kernel_size: 1` changes the number of channels",
        "height": "layers of the same stride and padding give the same height and width",
        "width": "layers of the same stride and padding give the same height and width",
    }
    text = f"{operation} cannot join its inputs: the {name} differs, {a} and {b}"
    kind = ChannelMismatch if name == "number of channels" else ShapeMismatch
    return kind(text, help=remedy.get(name))
