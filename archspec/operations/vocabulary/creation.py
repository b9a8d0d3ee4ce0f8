"""What is read from nowhere: numbers that a spec writes, and weights that no layer holds."""

from ast import literal_eval
from collections.abc import Mapping
from math import isinf, isnan, prod
from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, PlainValidator, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import LimitExceeded, MissingKey, OutOfRange
from archspec.operations.call_text import elements, given
from archspec.operations.checks import check_not_empty
from archspec.operations.fields import INFINITE, FixedShape, FreeInteger, Keywords, refused
from archspec.operations.indexed import (
    MOST_NUMBERS,
    BadValue,
    check_expression,
    items,
    listed_shape,
    nested,
)
from archspec.operations.operation import BufferOperation, FreeFunction, ValueOperation
from archspec.sizes import Require, Tensor


def _rows(value: Any) -> Any:
    if value is None:
        return None
    if not isinstance(value, list | tuple | bool | int | float):
        raise PydanticCustomError("list_type", "a list")
    if any(isinstance(number, float) and isnan(number) for _, number in items(value)):
        raise PydanticCustomError("finite_number", "numbers")
    if listed_shape(value) is None:
        raise refused("lists of numbers that are equally long")
    return _tupled(value)


def _tupled(value: Any) -> Any:
    return tuple(map(_tupled, value)) if isinstance(value, list | tuple) else value


def _is_whole(number: float) -> bool:
    return not isinf(number) and number == int(number)


def _text(value: Any) -> Any:
    if isinstance(value, str) and value in INFINITE:
        return value.replace(".", "")
    return str(value).lower() if type(value) in (bool, int, float) else value


Rows = Annotated[
    tuple[float, ...] | float | None,
    PlainValidator(_rows, json_schema_input_type=list[Any] | float | bool | None),
    Keywords(frozenset(INFINITE)),
]
"""Numbers in lists of one length, in lists of one length, and so on; or one alone."""


class Constant(BufferOperation):
    """Numbers that no training changes: a buffer, whose key is the layer's name alone.

    They are `values`, lists in lists, or `shape` and an expression `value` over the indices `i`,
    `j`, `k`, `l` and the sizes `shape[0]`, …: `{op: constant, shape: [8, 8], value: j <= i}`.
    """

    example: ClassVar = {"values": [[1, 2, 1]]}
    arguments: ClassVar = {
        "dtype": "The dtype of the numbers.",
        "persistent": "Whether the `state_dict` holds them.",
        "value": "An expression over the indices `i`, `j`, `k`, `l`, with `shape`, `pi` and `inf`.",
        "values": "The numbers, lists in lists; a number alone has no dimensions.",
    }

    values: Rows = None
    shape: FixedShape | None = None
    value: Annotated[str, BeforeValidator(_text)] = ""
    dtype: Literal["float32", "float64", "float16", "bfloat16", "int64", "int32", "bool"] = (
        "float32"
    )
    persistent: bool = True

    @model_validator(mode="after")
    def _says_its_numbers(self) -> "Constant":
        if (self.values is None) == (self.shape is None) or (self.shape is None) != (
            not self.value
        ):
            raise refused("`values`, or else `shape` and `value`, say what a constant holds")
        return self

    @model_validator(mode="after")
    def _gives_numbers(self) -> "Constant":
        if self.shape is None:
            return self
        try:
            check_expression(self.value, self.shape, self.dtype.startswith("int"))
        except BadValue as error:
            raise refused(f"`value` of `constant`: {error}") from None
        return self

    @model_validator(mode="after")
    def _integers_are_whole(self) -> "Constant":
        numbers = items(() if self.values is None else self.values)
        whole = self.dtype.startswith("int")
        odd = next((number for _, number in numbers if whole and not _is_whole(number)), None)
        if odd is not None:
            raise refused(f"`values` of {self.dtype} are integers, and {odd} is none")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give a tensor of the shape that is said, or that the lists have."""
        if self.shape is None and self.values is None:
            raise MissingKey(
                "`constant` needs `values`, or `shape` and `value`",
                help="write `{op: constant, values: [[1, 2, 1]]}`",
            )
        shape = self.shape or listed_shape(self.values) or ()
        if self.shape and prod(shape) > MOST_NUMBERS:
            raise LimitExceeded(
                f"`constant` would compute {prod(shape)} numbers, and at most {MOST_NUMBERS} are "
                "allowed"
            )
        return (Tensor(shape, self.dtype),)

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Its own shape, under no name but the layer's, if it is persistent."""
        (tensor,) = self.outputs(bool)
        shape = tuple(size for size in tensor.shape if isinstance(size, int))
        return {"": shape} if self.persistent else {}

    def held(self, arguments: Mapping[str, str]) -> tuple[str, ...]:
        """Write `torch.tensor([[j <= i for j in range(8)] for i in range(8)], dtype=…)`."""
        dtype = literal_eval(arguments.get("dtype", '"float32"'))
        persistent = given(arguments, "persistent")
        kept = [] if persistent in (None, "True") else [f"persistent={persistent}"]
        return (f"{_written(arguments)}, dtype=torch.{dtype})", *kept)


def _written(arguments: Mapping[str, str]) -> str:
    """Write the numbers: as they are, one for all places, or by loops over the indices."""
    values, shape = given(arguments, "values"), given(arguments, "shape")
    if shape is None:
        return f"torch.tensor({values}"
    value = _text(literal_eval(arguments["value"]))
    if _is_number(value):
        return f"torch.full({shape}, {value}"
    return f"torch.tensor({nested(value, elements(shape))}"


def _is_number(text: str) -> bool:
    try:
        return isinstance(literal_eval(text), int | float)
    except (ValueError, SyntaxError):
        return False


class Arange(FreeFunction):
    """The integers from `start` to before `end`, in steps: positions, say.

    An input, if there is one, only says on which device.
    """

    torch: ClassVar = "torch.arange"
    arity: ClassVar = (0, 1)
    carries: ClassVar = False

    end: FreeInteger
    start: int = 0
    step: int = 1

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give one dimension of `ceil((end - start) / step)` integers."""
        if self.step == 0:
            raise OutOfRange("`step` of `arange` must not be 0")
        count = -((self.start - self.end) // self.step)
        check_not_empty(require, self, count, f"from {self.start} to {self.end}")
        return (Tensor((count,), "int64"),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.arange(x.shape[1], device=x.device)`."""
        numbers = [arguments["end"]]
        if "start" in arguments or "step" in arguments:
            numbers.insert(0, arguments.get("start", "0"))
        if "step" in arguments:
            numbers.append(arguments["step"])
        device = [f"device={x}.device" for x in inputs]
        return f"torch.arange({', '.join(numbers + device)})"


class Parameter(ValueOperation):
    """A weight by itself: it reads nothing, gives its numbers, and its key is its name alone.

    It starts as zeros unless `init` says otherwise.
    """

    torch: ClassVar = "nn.Parameter"

    shape: FixedShape

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give a tensor of that shape."""
        return (Tensor(self.shape),)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Its own shape, under no name but the layer's."""
        return {"": self.shape}
