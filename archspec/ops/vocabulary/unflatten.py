"""`unflatten`."""

from math import prod
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import Size, divisible, equal
from archspec.ops.fields import bounded
from archspec.ops.functions import axis
from archspec.ops.operation import FreeOperation
from archspec.shapes import Require
from archspec.tensors import Shape, Tensor


def _lengths(value: Any) -> Any:
    if not isinstance(value, list | tuple) or not value:
        raise PydanticCustomError("list_type", "a list of integers")
    if list(value).count(-1) > 1:
        raise PydanticCustomError("out_of_range", "a list with at most one -1")
    return tuple([item if _is_rest(item) else bounded(item, 1) for item in value])


def _is_rest(item: Any) -> bool:
    return type(item) is int and item == -1


Lengths = Annotated[tuple[int, ...], BeforeValidator(_lengths)]
"""Sizes of at least 1; one of them may be -1 for what is left."""


class Unflatten(FreeOperation):
    """Makes several dimensions of the one at `dim`; -1 stands for what is left of it."""

    torch: ClassVar = "nn.Unflatten"
    memory: ClassVar = "input"

    dim: int
    unflattened_size: Lengths

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the dimensions before, the new ones, the dimensions after."""
        (x,) = inputs
        index = axis(self, self.dim, x.rank)
        made = self._made(require, x.shape[index])
        return (x.reshaped(*x.shape[:index], *made, *x.shape[index + 1 :]),)

    def _made(self, require: Require, size: Size) -> Shape:
        known = prod(length for length in self.unflattened_size if length != -1)
        if -1 not in self.unflattened_size:
            fits = require(equal(size, known))
        else:
            fits = require(divisible(size, known))
        if not fits:
            wanted = ", ".join(map(str, self.unflattened_size))
            raise ShapeMismatch(f"`unflatten` cannot make [{wanted}] of a size of {size}")
        return tuple(size // known if length == -1 else length for length in self.unflattened_size)
