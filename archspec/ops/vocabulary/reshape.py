"""`reshape`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch, SymbolicValue
from archspec.dimensions import Polynomial, Size, divided, divisible, equal
from archspec.ops.functions import FreeFunction
from archspec.ops.python_text import unpacked
from archspec.ops.sizes import FreeShape
from archspec.shapes import Require
from archspec.tensors import Tensor


class Reshape(FreeFunction):
    """Gives the same numbers, in order, another shape; one size may be -1, for what is left."""

    torch: ClassVar = "torch.reshape"
    memory: ClassVar = "input"

    shape: FreeShape

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `shape`, which must have as many elements as the input."""
        (x,) = inputs
        if -1 in self.shape:
            rest = self._rest(require, x)
            return (x.reshaped(*(rest if size == -1 else size for size in self.shape)),)
        elements = x.reshaped(*self.shape).elements
        if not require(equal(elements, x.elements)):
            raise self._mismatch(x, f"{elements} elements")
        return (x.reshaped(*self.shape),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.reshape(x.shape[0], -1)`."""
        return f"{inputs[0]}.reshape({unpacked(arguments['shape'])})"

    def _rest(self, require: Require, x: Tensor) -> Size:
        """Divide the elements by all other sizes, first by those that depend on symbols."""
        left = x.elements
        for size in self.shape:
            if isinstance(size, Polynomial):
                left = self._quotient(left, size)
        number = prod(size for size in self.shape if isinstance(size, int) and size != -1)
        if not require(divisible(left, number)):
            raise self._mismatch(x, f"a multiple of {number} elements")
        return left // number

    def _quotient(self, elements: Size, size: Polynomial) -> Size:
        quotient = divided(elements, size)
        if quotient is None:
            raise SymbolicValue(
                f"`reshape` cannot say for every size what is left for -1: {elements} by {size}"
            )
        return quotient

    def _mismatch(self, x: Tensor, wanted: str) -> ShapeMismatch:
        shape = ", ".join(map(str, self.shape))
        return ShapeMismatch(
            f"`reshape` to [{shape}] takes {wanted}, and its input has {x.elements}",
            label=f"reads {x}",
        )
