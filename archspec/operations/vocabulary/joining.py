"""Values put one behind the other, or chosen between by a mask."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from archspec.diagnostics import DimensionOutOfRange, RankMismatch, WrongArity, WrongDtype
from archspec.operations.call_text import given, tuple_of
from archspec.operations.checks import axis, check_holds, counted, with_number
from archspec.operations.fields import Number, OptionalNumber
from archspec.operations.operation import FreeFunction, Operation
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


def check_joinable(
    require: Require,
    operation: Operation,
    what: str,
    first: Tensor,
    other: Tensor,
    along: int | None = None,
) -> None:
    """Refuse a value that differs from the first one, but for its size in the dimension `along`."""
    if first.rank != other.rank:
        raise RankMismatch(
            f"`{operation.op()}` takes tensors of the same number of dimensions, "
            f"not of {first.rank} and {other.rank}"
        )
    for index, (a, b) in enumerate(zip(first.shape, other.shape, strict=True)):
        if index != along and not require(equal(a, b)):
            raise mismatch(what, dimension_name(index, first.rank), a, b)


class Cat(FreeFunction):
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
            dimensions = f"{first.rank or 'no'} dimensions"
            raise DimensionOutOfRange(
                f"`cat` names dimension {self.dim}, and its inputs have {dimensions}",
                help=counted(self, first.rank) if first.rank else None,
            )
        axis = self.dim % first.rank
        total: Size = 0
        for tensor in inputs:
            check_joinable(require, self, f"`cat` along dimension {self.dim}", first, tensor, axis)
            total = total + tensor.shape[axis]
        shape = (*first.shape[:axis], total, *first.shape[axis + 1 :])
        return (Tensor(shape, promoted(inputs)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.cat((a, b), dim=1)`."""
        return f"torch.cat({tuple_of(inputs)}, dim={arguments['dim']})"


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
            check_joinable(require, self, "`stack`", first, other)
        shape = (*first.shape[:index], len(inputs), *first.shape[index:])
        return (Tensor(shape, promoted(inputs)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.stack((a, b), dim=1)`."""
        return f"torch.stack({tuple_of(inputs)}, dim={arguments['dim']})"


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


class MaskedFill(FreeFunction):
    """Puts `value` where its second input, the mask, is true; sizes of 1 expand.

    `value: -inf` hides what `softmax` must not see.
    """

    torch: ClassVar = "torch.masked_fill"
    arity: ClassVar = (2, 2)
    example: ClassVar = {"value": "-inf"}
    example_inputs: ClassVar = (((8,), "float32"), ((8,), "bool"))
    arguments: ClassVar = {"value": "The number that is written; `inf` and `-inf` are words."}

    value: Number

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast, and the first one's dtype."""
        x, mask = inputs
        if mask.dtype != "bool":
            raise WrongDtype(f"the mask of `masked_fill` is of bool, not {mask.dtype}")
        check_holds(self, x.dtype, self.value)
        return (x.reshaped(*broadcast(require, self.op(), inputs).shape),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.masked_fill(mask, float("-inf"))`."""
        x, *masks = inputs
        return f"{x}.masked_fill({', '.join(masks)}, {arguments['value']})"
