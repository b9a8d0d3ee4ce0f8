"""Sums, products and the like: several values become one, number by number.

One of them may be a number, the argument `other`: `{op: mul, other: 0.5}` is `x * 0.5`.
"""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator

from archspec.diagnostics import WrongArity, WrongDtype
from archspec.operations.call_text import given, operand
from archspec.operations.checks import check_holds, with_number
from archspec.operations.fields import Keywords, OptionalNumber, refused
from archspec.operations.operation import FreeFunction, Memory, Operation, check_numbers
from archspec.sizes import Require, Tensor, broadcast, is_floating


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


class Extreme(JoinOfTwo):
    """The larger or the smaller one of two numbers: PyTorch asks for tensors, or a bound."""

    bound: ClassVar[str]
    """The argument of `clamp` that is a number in the place of the second tensor."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        (joined,) = super().outputs(require, *inputs)
        check_holds(self, joined.dtype, self.other)
        return (joined,)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.maximum(a, b)`, or `a.clamp(min=0)`."""
        other = given(arguments, "other")
        if other is None:
            return f"{self.torch}({', '.join(inputs)})"
        return f"{', '.join(inputs)}.clamp({self.bound}={other})"


class Add(Join):
    """The sum of its inputs, and of `other`, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.add"
    adds: ClassVar = True
    operator: ClassVar = "+"


class Mul(Join):
    """The product of its inputs, and of `other`, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.mul"
    operator: ClassVar = "*"
    multiplies: ClassVar = True


class Sub(JoinOfTwo):
    """The first input minus the second, or minus `other`, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.sub"
    operator: ClassVar = "-"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        outputs = super().outputs(require, *inputs)
        check_numbers(type(self), *inputs)
        return outputs


Rounding = Annotated[Literal["trunc", "floor"] | None, Keywords(frozenset(["trunc", "floor"]))]
"""Towards 0, down, or not at all."""


class Div(JoinOfTwo):
    """The first input over the second, or over `other`, number by number; sizes of 1 expand.

    With `rounding_mode` integers give integers; without it they give float32.
    """

    torch: ClassVar = "torch.div"
    operator: ClassVar = "/"
    arguments: ClassVar = {
        **JoinOfTwo.arguments,
        "rounding_mode": "Whether the quotient is cut off (`trunc`) or rounded down (`floor`).",
    }

    rounding_mode: Rounding = None

    @model_validator(mode="after")
    def _not_by_nothing(self) -> "Div":
        if self.other == 0:
            raise refused("`other` of `div` must not be 0")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        (joined,) = super().outputs(require, *inputs)
        if self.rounding_mode is None:
            return (joined if is_floating(joined.dtype) else Tensor(joined.shape),)
        if joined.dtype == "bool":
            raise WrongDtype("`div` rounds numbers, not truth values")
        return (joined,)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a / b`, or `torch.div(a, b, rounding_mode="floor")`."""
        rounding = given(arguments, "rounding_mode")
        if rounding is None:
            return super().call(inputs, arguments)
        values = ", ".join(operands(inputs, arguments))
        return f"torch.div({values}, rounding_mode={rounding})"


class Maximum(Extreme):
    """The larger one of two numbers, or of each and `other`; sizes of 1 expand."""

    torch: ClassVar = "torch.maximum"
    bound: ClassVar = "min"


class Minimum(Extreme):
    """The smaller one of two numbers, or of each and `other`; sizes of 1 expand."""

    torch: ClassVar = "torch.minimum"
    bound: ClassVar = "max"
