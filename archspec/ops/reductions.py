"""What `mean`, `sum` and their like share: one number takes the place of many."""

from collections.abc import Mapping
from math import floor
from typing import ClassVar

from archspec.diagnostics import OutOfRange
from archspec.dimensions import Polynomial, Size, at_least
from archspec.ops.fields import LARGEST
from archspec.ops.functions import (
    FreeFunction,
    axes,
    axis,
    check_numbers,
)
from archspec.ops.numbers import OptionalNumber, is_floating
from archspec.ops.operation import Operation, Sizes, check_floating
from archspec.ops.python_text import keywords
from archspec.ops.sizes import OptionalDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Reduction(FreeFunction):
    """Leaves out one dimension, several, or all; with `keepdim` their size is 1."""

    example: ClassVar = {"dim": 1}
    arguments: ClassVar = {"dim": "A dimension, a list of them, or null for all."}

    dim: OptionalDims = None
    keepdim: bool = False

    every: ClassVar[str] = "dim=None"
    """How PyTorch's method is told to leave out all dimensions."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out."""
        return (reduced(self, inputs[0], self.dim, self.keepdim),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.mean((2, 3), keepdim=True)`."""
        dim = arguments.get("dim", "None")
        named = [self.every if dim == "None" else dim]
        return f"{inputs[0]}.{self.op()}({', '.join(named)}{keywords(arguments, 'dim')})"


class TruthOf(Reduction):
    """Joins truth values, or numbers of which those other than 0 are true.

    An empty list of dimensions joins nothing, as in PyTorch; for sums it stands for all.
    """

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        outputs = inputs if self.dim == () else super().outputs(require, *inputs)
        return (Tensor(outputs[0].shape, "bool"),)


class PlaceOf(FreeFunction):
    """Finds a number along one dimension, or among all, and gives its place."""

    example: ClassVar = {"dim": 1}
    arguments: ClassVar = {"dim": "The dimension; null for all."}

    dim: int | None = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave that dimension out, or all; with `keepdim` its size is 1."""
        check_numbers(self, inputs)
        return (Tensor(reduced(self, inputs[0], self.dim, self.keepdim).shape, "int64"),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.argmax(1)`."""
        dim = arguments.get("dim", "None")
        named = "dim=None" if dim == "None" else dim
        return f"{inputs[0]}.{self.op()}({named}{keywords(arguments, 'dim')})"


class Cumulative(FreeFunction):
    """Joins each number and those before it along one dimension."""

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        axis(self, self.dim, x.rank)
        return (Tensor(x.shape, summed(x.dtype)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.cumsum(1)`."""
        return f"{inputs[0]}.{self.op()}({arguments['dim']})"


class Spread(Reduction):
    """Tells how far numbers are from their mean."""

    arguments: ClassVar = {
        **Reduction.arguments,
        "correction": "What is taken off the number of values before the sum is divided by it: "
        "1, as is null, for a sample, 0 for all that there is.",
    }

    correction: OptionalNumber = 1

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}

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

    >>> from archspec.ops import load
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
