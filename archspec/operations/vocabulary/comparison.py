"""Comparisons and logic: what they give is true or false."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.operations.checks import check_holds
from archspec.operations.fields import OptionalNumber
from archspec.operations.operation import FreeFunction
from archspec.operations.vocabulary.arithmetic import check_two, operands
from archspec.sizes import Require, Tensor, broadcast, is_floating


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


class Eq(Comparison):
    """Whether each number equals the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.eq"
    operator: ClassVar = "=="


class Ne(Comparison):
    """Whether each number is not equal to the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.ne"
    operator: ClassVar = "!="


class Gt(Comparison):
    """Whether each number is greater than the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.gt"
    operator: ClassVar = ">"


class Lt(Comparison):
    """Whether each number is less than the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.lt"
    operator: ClassVar = "<"


class Ge(Comparison):
    """Whether each number is at least the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.ge"
    operator: ClassVar = ">="


class Le(Comparison):
    """Whether each number is at most the one in its place, or `other`: true or false."""

    torch: ClassVar = "torch.le"
    operator: ClassVar = "<="


class LogicalAnd(LogicalOfTwo):
    """Whether both are true, in each place; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_and"


class LogicalOr(LogicalOfTwo):
    """Whether one or both are true, in each place; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_or"


class LogicalXor(LogicalOfTwo):
    """Whether one is true and the other is not, in each place; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_xor"


class LogicalNot(TruthFunction):
    """Whether each is not true; a number other than 0 is true."""

    torch: ClassVar = "torch.logical_not"
