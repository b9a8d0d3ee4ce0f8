"""What `mean`, `sum` and their like share: one number takes the place of many."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.dimensions import Size
from archspec.ops.functions import FreeFunction, axes
from archspec.ops.numbers import is_floating
from archspec.ops.operation import Operation
from archspec.ops.python_text import keywords
from archspec.ops.sizes import OptionalDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Reduction(FreeFunction):
    """Leaves out one dimension, several, or all; with `keepdim` their size is 1."""

    example: ClassVar = {"dim": 1}

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


def reduced(
    operation: Operation, x: Tensor, dim: int | tuple[int, ...] | None, keepdim: bool
) -> Tensor:
    """Leave dimensions out, or keep each with a size of 1; none named means all.

    >>> from archspec.ops import load
    >>> print(reduced(load("mean")(dim=1), Tensor((2, 8, 9)), 1, keepdim=True))
    2×1×9
    """
    named = (dim,) if isinstance(dim, int) else dim or range(x.rank)
    gone = axes(operation, tuple(named), x.rank)
    ones: tuple[Size, ...] = (1,) if keepdim else ()
    sizes = ((size,) if index not in gone else ones for index, size in enumerate(x.shape))
    shape = tuple(size for kept in sizes for size in kept)
    return x.reshaped(*shape)


def summed(dtype: str) -> str:
    """Give the dtype of a sum: integers and truth values become int64.

    >>> summed("bool"), summed("float16")
    ('int64', 'float16')
    """
    return dtype if is_floating(dtype) else "int64"
