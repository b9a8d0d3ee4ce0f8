"""One number takes the place of many, or of itself and those before it."""

from collections.abc import Mapping
from math import floor
from typing import ClassVar

from archspec.diagnostics import Entry, MissingKey, OutOfRange, Remedy
from archspec.operations.call_text import given, keywords
from archspec.operations.checks import axes, axis, replaced
from archspec.operations.fields import (
    LARGEST,
    DimOrSomeDims,
    FreeSize,
    Number,
    OptionalDims,
    OptionalNumber,
)
from archspec.operations.operation import FreeFunction, MethodFunction, Operation
from archspec.sizes import Polynomial, Require, Size, Tensor, at_least, is_floating


class Reducing(FreeFunction):
    """A method of a tensor that leaves dimensions out."""

    example: ClassVar = {"dim": 1}

    every: ClassVar[str] = "dim=None"
    """How PyTorch's method is asked to leave out all of them."""

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.mean((2, 3), keepdim=True)`."""
        dim = given(arguments, "dim") or self.every
        return f"{inputs[0]}.{self.op()}({dim}{keywords(arguments, 'dim')})"


class Reduction(Reducing):
    """Leaves out one dimension, several, or all; with `keepdim` their size is 1."""

    arguments: ClassVar = {"dim": "A dimension, a list of them, or null for all."}

    dim: OptionalDims = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out."""
        return (reduced(self, inputs[0], self.dim, self.keepdim),)


class TruthOf(Reduction):
    """Joins truth values, or numbers of which those other than 0 are true.

    An empty list of dimensions joins nothing, as in PyTorch; for sums it stands for all.
    """

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        outputs = inputs if self.dim == () else super().outputs(require, *inputs)
        return (Tensor(outputs[0].shape, "bool"),)


class PlaceOf(Reducing):
    """Finds a number along one dimension, or among all, and gives its place."""

    takes: ClassVar = "numbers"
    arguments: ClassVar = {"dim": "The dimension; null for all."}

    dim: int | None = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave that dimension out, or all; with `keepdim` its size is 1."""
        return (Tensor(reduced(self, inputs[0], self.dim, self.keepdim).shape, "int64"),)


class Cumulative(MethodFunction):
    """Joins each number and those before it along one dimension."""

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        axis(self, self.dim, x.rank)
        return (Tensor(x.shape, summed(x.dtype)),)


class Spread(Reduction):
    """Tells how far numbers are from their mean."""

    takes: ClassVar = "floating"
    arguments: ClassVar = {
        **Reduction.arguments,
        "correction": "What is taken off the number of values before the sum is divided by it: "
        "1, as is null, for a sample, 0 for all that there is.",
    }

    correction: OptionalNumber = 1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        outputs = super().outputs(require, *inputs)
        (x,) = inputs
        count = Tensor(tuple(x.shape[dim] for dim in _gone(self, x, self.dim))).elements
        less = 1 if self.correction is None else self.correction
        if not require(at_least(count, _whole(less) + 1)):
            raise OutOfRange(
                f"`{self.op()}` divides by {count} - {less}, the number of values less "
                "`correction`, which must be above 0",
                label=f"reads {x}",
                help="`correction: 0` divides by the number of values",
            )
        return outputs


def _whole(number: float | Polynomial) -> Size:
    """Round down; of infinity give the largest number that there can be."""
    if isinstance(number, Polynomial):
        return number
    return floor(max(-LARGEST, min(number, LARGEST)))


def reduced(
    operation: Operation, x: Tensor, dim: int | tuple[int, ...] | None, keepdim: bool
) -> Tensor:
    """Leave dimensions out, or keep each with a size of 1; none named means all.

    >>> from archspec.operations import load
    >>> print(reduced(load("mean")(dim=1), Tensor((2, 8, 9)), 1, keepdim=True))
    2×1×9
    """
    gone = _gone(operation, x, dim)
    ones: tuple[Size, ...] = (1,) if keepdim else ()
    sizes = ((size,) if index not in gone else ones for index, size in enumerate(x.shape))
    shape = tuple(size for kept in sizes for size in kept)
    return x.reshaped(*shape)


def _gone(operation: Operation, x: Tensor, dim: int | tuple[int, ...] | None) -> tuple[int, ...]:
    """Count the dimensions that are left out from 0; none named means all."""
    named = (dim,) if isinstance(dim, int) else dim or range(x.rank)
    return axes(operation, tuple(named), x.rank)


def summed(dtype: str) -> str:
    """Give the dtype of a sum: integers and truth values become int64.

    >>> summed("bool"), summed("float16")
    ('int64', 'float16')
    """
    return dtype if is_floating(dtype) else "int64"


class Mean(Reduction):
    """Averages over one dimension, several, or all."""

    torch: ClassVar = "torch.mean"
    takes: ClassVar = "floating"
    memory: ClassVar = "own"


class Sum(Reduction):
    """Adds up over one dimension, several, or all; integers become int64."""

    torch: ClassVar = "torch.sum"
    memory: ClassVar = "own"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        (given,) = super().outputs(require, *inputs)
        return (Tensor(given.shape, summed(given.dtype)),)


class Amax(Reduction):
    """The largest number over one dimension, several, or all."""

    torch: ClassVar = "torch.amax"
    every: ClassVar = "dim=()"


class Amin(Reduction):
    """The smallest number over one dimension, several, or all."""

    torch: ClassVar = "torch.amin"
    every: ClassVar = "dim=()"


class Argmax(PlaceOf):
    """The place of the largest number along `dim`, as int64."""

    torch: ClassVar = "torch.argmax"


class Argmin(PlaceOf):
    """The place of the smallest number along `dim`, as int64."""

    torch: ClassVar = "torch.argmin"


class All(TruthOf):
    """Whether every one is true over one dimension, several, or all.

    A number other than 0 is true.
    """

    torch: ClassVar = "torch.all"


class Any(TruthOf):
    """Whether one or more are true over one dimension, several, or all.

    A number other than 0 is true.
    """

    torch: ClassVar = "torch.any"


class Prod(FreeFunction):
    """The product over one dimension, or over all; integers become int64."""

    torch: ClassVar = "torch.prod"
    example: ClassVar = {"dim": 1}
    arguments: ClassVar = {"dim": "The dimension; null for all."}

    dim: int | None = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave that dimension out, or all; with `keepdim` its size is 1."""
        if self.keepdim and self.dim is None:
            raise MissingKey(
                "`keepdim` of `prod` needs `dim`",
                help=Remedy("write `{op: prod, dim: 1, keepdim: true}`", Entry("dim", "1")),
            )
        (x,) = inputs
        return (Tensor(reduced(self, x, self.dim, self.keepdim).shape, summed(x.dtype)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.prod(1)`; over all PyTorch takes no `keepdim`, not even a false one."""
        dim, keepdim = given(arguments, "dim"), arguments.get("keepdim")
        if dim is None:
            return f"{inputs[0]}.prod({'keepdim=True' if keepdim == 'True' else ''})"
        return f"{inputs[0]}.prod({dim}{keywords(arguments, 'dim')})"


class Std(Spread):
    """The standard deviation over one dimension, several, or all: the root of the variance.

    The squares are summed and divided by their number less `correction`, which must leave more
    than 0: PyTorch warns, and gives what is no number.
    """

    torch: ClassVar = "torch.std"


class Var(Spread):
    """The variance over one dimension, several, or all: the mean square distance to the mean.

    The squares are summed and divided by their number less `correction`, which must leave more
    than 0: PyTorch warns, and gives what is no number.
    """

    torch: ClassVar = "torch.var"


class VectorNorm(FreeFunction):
    """The length over one dimension, several, or all: `(Σ |x|^ord)^(1 / ord)`.

    `ord: inf` is the largest number without its sign, `-inf` the smallest.
    """

    torch: ClassVar = "torch.linalg.vector_norm"
    takes: ClassVar = "floating"
    example: ClassVar = {"dim": 1}
    arguments: ClassVar = {
        "dim": "A dimension, a list of them, or null for all.",
        "ord": "The order of the norm: 2 for Euclid's; `inf` is a word.",
    }

    ord: Number = 2
    dim: OptionalDims = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        return (reduced(self, inputs[0], self.dim, self.keepdim),)


class Logsumexp(Reducing):
    """The logarithm of a sum of exponentials, `log(Σ exp(x))`, over one dimension or several.

    No exponential overflows on the way. Integers and truth values become float32.
    """

    torch: ClassVar = "torch.logsumexp"
    arguments: ClassVar = {"dim": "A dimension, or a list of them."}

    dim: DimOrSomeDims
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        (x,) = inputs
        given = reduced(self, x, self.dim, self.keepdim)
        return (given if is_floating(x.dtype) else Tensor(given.shape),)


class Topk(MethodFunction):
    """The `k` largest numbers along `dim`, the largest first, and as int64 where they stand.

    It gives two values: `topk.0` are the numbers, `topk.1` their places.
    """

    torch: ClassVar = "torch.topk"
    takes: ClassVar = "numbers"
    results: ClassVar = ("values", "indices")
    example: ClassVar = {"k": 5}
    arguments: ClassVar = {
        "k": "How many numbers are taken.",
        "largest": "Whether the largest are taken; if not, the smallest.",
        "sorted": "Whether they come in order.",
    }

    k: FreeSize
    dim: int = -1
    largest: bool = True
    sorted: bool = True

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape with `k` in that dimension, twice: the numbers, and their places."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        if not require(at_least(x.shape[index], self.k)):
            raise OutOfRange(
                f"`topk` takes {self.k} of dimension {self.dim}, whose size is {x.shape[index]}",
                label=f"reads {x}",
            )
        taken = replaced(x, index, self.k)
        return (taken, Tensor(taken.shape, "int64"))


class Cumsum(Cumulative):
    """The sum of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumsum"


class Cumprod(Cumulative):
    """The product of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumprod"
