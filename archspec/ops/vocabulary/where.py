"""`where`."""

from collections.abc import Mapping, Sequence
from typing import ClassVar

from archspec.diagnostics import WrongArity, WrongDtype
from archspec.ops.functions import FreeFunction
from archspec.ops.numbers import OptionalNumber, with_number
from archspec.ops.python_text import given
from archspec.shapes import Require, broadcast, promoted
from archspec.tensors import Tensor


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
