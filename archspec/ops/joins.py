"""What `add`, `mul` and their like share: several values become one, number by number.

One of them may be a number, the argument `other`: `{op: mul, other: 0.5}` is `x * 0.5`.
"""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import WrongArity
from archspec.ops.functions import FreeFunction
from archspec.ops.numbers import OptionalNumber, with_number
from archspec.ops.operation import Memory, Operation
from archspec.ops.python_text import given, operand
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Join(FreeFunction):
    """Joins any number of values, and `other` after them if it is given; sizes of 1 expand."""

    arity: ClassVar[tuple[int, int | None]] = (1, None)
    alike: ClassVar = True
    arguments: ClassVar = {"other": "The number that takes the place of the last value."}

    operator: ClassVar[str]
    """The operator of Python that joins two of them."""

    other: OptionalNumber = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which all inputs broadcast."""
        joined = broadcast(require, self.op(), inputs)
        if self.other is None:
            return (joined,)
        return (Tensor(joined.shape, with_number(joined.dtype, self.other)),)

    def memory_of(self, count: int) -> Memory:
        """Give one value as it is where there is nothing to join it with."""
        return "input" if count == 1 and self.other is None else "own"

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a + b + 1`."""
        return f" {self.operator} ".join(operands(inputs, arguments))


class JoinOfTwo(Join):
    """Joins two values, or one and `other`."""

    arity: ClassVar = (1, 2)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        check_two(self, len(inputs), self.other)
        return super().outputs(require, *inputs)


def check_two(operation: Operation, count: int, other: object) -> None:
    """Raise `WrongArity` unless there are two values with the number `other`."""
    if count == 1 and other is None:
        raise WrongArity(
            f"`{operation.op()}` takes two values, and receives 1",
            help="give a number as the second one by `other`",
        )
    if count == 2 and other is not None:
        raise WrongArity(
            f"`{operation.op()}` takes two values, and receives 2 and the number `other`"
        )


def operands(inputs: tuple[str, ...], arguments: Mapping[str, str]) -> tuple[str, ...]:
    """Write what is joined, the number last.

    >>> operands(("x",), {"other": "n - 1"})
    ('x', '(n - 1)')
    """
    other = given(arguments, "other")
    return inputs if other is None else (*inputs, operand(other))
