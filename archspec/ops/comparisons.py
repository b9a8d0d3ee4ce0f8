"""What `gt`, `logical_and` and their like share: what they give is true or false."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction
from archspec.ops.joins import check_two, operands
from archspec.ops.numbers import OptionalNumber, check_holds, is_floating
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class TruthFunction(FreeFunction):
    """A function that gives true or false for each place; sizes of 1 expand."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give truth values of the shape to which the inputs broadcast."""
        return (Tensor(broadcast(require, self.op(), inputs).shape, "bool"),)


class Comparison(TruthFunction):
    """Compares two values, or one and the number `other`."""

    arity: ClassVar = (1, 2)
    arguments: ClassVar = {
        "other": "The number that takes the place of the second value; `inf` and `-inf` are words."
    }

    operator: ClassVar[str]
    """The operator of Python that compares two of them."""

    other: OptionalNumber = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give truth values of the shape to which both broadcast."""
        check_two(self, len(inputs), self.other)
        if isinstance(self.other, int) and not is_floating(inputs[0].dtype):
            check_holds(self, inputs[0].dtype, self.other)  # PyTorch would wrap it round
        return super().outputs(require, *inputs)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a > b`, or `a == float("-inf")`."""
        return f" {self.operator} ".join(operands(inputs, arguments))


class LogicalOfTwo(TruthFunction):
    """Joins two values; what is 0 is false, and all else is true."""

    arity: ClassVar = (2, 2)
