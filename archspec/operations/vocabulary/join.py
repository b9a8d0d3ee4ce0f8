"""What `add`, `mul` and their like share: several values become one, number by number.

One of them may be a number, the argument `other`: `{op: mul, other: 0.5}` is `x * 0.5`.
"""

from collections.abc import Mapping, Sequence
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import DimensionOutOfRange, RankMismatch, WrongArity, WrongDtype
from archspec.operations.fields import Keywords
from archspec.operations.functional import (
    FreeFunction,
    OptionalNumber,
    axis,
    check_holds,
    check_numbers,
    counted,
    given,
    is_floating,
    operand,
    tuple_of,
    with_number,
)
from archspec.operations.operation import FunctionOperation, Memory, Operation
from archspec.sizes import (
    Require,
    Size,
    Tensor,
    broadcast,
    dimension_name,
    equal,
    mismatch,
    promoted,
)


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


# What `maximum` and `minimum` share.


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
        check_numbers(self, inputs)
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
            raise PydanticCustomError("out_of_range", "`other` of `div` must not be 0")
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


class Cat(FunctionOperation):
    """Puts its inputs one behind the other along `dim`; all other sizes must agree."""

    torch: ClassVar = "torch.cat"
    memory: ClassVar = "own"
    arity: ClassVar = (1, None)
    gathers: ClassVar = True

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the first input's shape with the sum of the sizes along `dim`."""
        first = inputs[0]
        if not -first.rank <= self.dim < first.rank:
            known = f"{first.rank or 'no'} dimensions"
            raise DimensionOutOfRange(
                f"`cat` names dimension {self.dim}, and its inputs have {known}",
                help=counted(self, first.rank) if first.rank else None,
            )
        axis = self.dim % first.rank
        total: Size = 0
        for tensor in inputs:
            self._check(require, axis, first, tensor)
            total = total + tensor.shape[axis]
        shape = (*first.shape[:axis], total, *first.shape[axis + 1 :])
        return (Tensor(shape, promoted(inputs)),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: nothing is computed."""
        return 0

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.cat((a, b), dim=1)`."""
        values = ", ".join(inputs) + ("," if len(inputs) == 1 else "")
        return f"torch.cat(({values}), dim={arguments['dim']})"

    def _check(self, require: Require, axis: int, first: Tensor, other: Tensor) -> None:
        if first.rank != other.rank:
            raise RankMismatch(
                "`cat` takes tensors of the same number of dimensions, "
                f"not of {first.rank} and {other.rank}"
            )
        for index, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
            if index != axis and not require(equal(a, b)):
                name = dimension_name(index, first.rank)
                raise mismatch(f"`cat` along dimension {self.dim}", name, a, b)


class Stack(FreeFunction):
    """Puts its inputs, all of one shape, one behind the other along a new dimension."""

    torch: ClassVar = "torch.stack"
    memory: ClassVar = "own"
    arity: ClassVar = (1, None)
    gathers: ClassVar = True

    dim: int

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the inputs' shape with their number at `dim`."""
        first = inputs[0]
        index = axis(self, self.dim, first.rank + 1)
        for other in inputs[1:]:
            self._check(require, first, other)
        shape = (*first.shape[:index], len(inputs), *first.shape[index:])
        return (Tensor(shape, promoted(inputs)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.stack((a, b), dim=1)`."""
        return f"torch.stack({tuple_of(inputs)}, dim={arguments['dim']})"

    def _check(self, require: Require, first: Tensor, other: Tensor) -> None:
        if first.rank != other.rank:
            raise RankMismatch(
                "`stack` takes tensors of the same number of dimensions, "
                f"not of {first.rank} and {other.rank}"
            )
        for index, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
            if not require(equal(a, b)):
                raise mismatch("`stack`", dimension_name(index, first.rank), a, b)


class Where(FreeFunction):
    """Takes the second value where the first one is true, and the third one where it is not.

    Numbers may stand for both: `input` where it is true, `other` where it is not.
    """

    torch: ClassVar = "torch.where"
    arity: ClassVar = (1, 3)
    example: ClassVar = {"other": 0}
    example_inputs: ClassVar = (((8,), "bool"), ((8,), "float32"))
    arguments: ClassVar = {
        "input": "The number where it is true, in the place of the second value.",
        "other": "The number where it is not true, in the place of the last value.",
    }

    input: OptionalNumber = None
    other: OptionalNumber = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which all broadcast."""
        condition, *tensors = inputs
        numbers = [number for number in (self.input, self.other) if number is not None]
        if len(tensors) + len(numbers) != 2:
            raise WrongArity(
                "`where` takes a condition and two values, of which `input` and `other` may be "
                f"numbers, and receives a condition and {len(tensors) + len(numbers)}"
            )
        if condition.dtype != "bool":
            raise WrongDtype(f"the condition of `where` is of bool, not {condition.dtype}")
        shape = broadcast(require, self.op(), inputs).shape
        return (Tensor(shape, _dtype(tuple(tensors), numbers)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.where(mask, x, 0)`."""
        condition, *tensors = inputs
        first, last = given(arguments, "input"), given(arguments, "other")
        values = [*([first] if first else []), *tensors, *([last] if last else [])]
        return f"torch.where({', '.join([condition, *values])})"


def _dtype(tensors: tuple[Tensor, ...], numbers: Sequence[object]) -> str:
    """Give the dtype of tensors and numbers; of numbers alone, that of a tensor made of them."""
    dtype = promoted(tensors) if tensors else with_number("bool", numbers[0])
    for number in numbers:
        dtype = with_number(dtype, number)
    return dtype
