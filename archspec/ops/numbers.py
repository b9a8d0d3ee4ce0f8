"""Numbers as arguments: they stand in the place of an input, and have a part in the dtype."""

from typing import Annotated, Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import OutOfRange
from archspec.dimensions import Polynomial
from archspec.ops.fields import INFINITE, LARGEST, Keywords, infinite
from archspec.ops.operation import Operation

_WORDS = Keywords(frozenset(INFINITE))


def is_floating(dtype: str) -> bool:
    """Say whether a dtype has numbers with a point.

    >>> is_floating("bfloat16"), is_floating("int64")
    (True, False)
    """
    return dtype.startswith(("float", "bfloat"))


def with_number(dtype: str, number: object) -> str:
    """Give the dtype of what is computed from a tensor and a number: only the kind can change.

    >>> with_number("float16", 0.5), with_number("int64", 0.5), with_number("bool", 2)
    ('float16', 'float32', 'int64')
    """
    if isinstance(number, float) and not is_floating(dtype):
        return "float32"
    return "int64" if dtype == "bool" else dtype


_LARGEST = {
    **{"int8": 2**7 - 1, "int16": 2**15 - 1, "int32": 2**31 - 1, "int64": LARGEST, "uint8": 255},
    **{"float16": 65504.0, "bfloat16": 3.38e38, "float32": 3.4028234663852886e38},
}


def check_holds(operation: Operation, dtype: str, number: object) -> None:
    """Raise `OutOfRange` where a dtype has no such number."""
    if not isinstance(number, int | float) or abs(number) <= _LARGEST.get(dtype, abs(number)):
        return
    if abs(number) == float("inf") and is_floating(dtype):
        return
    raise OutOfRange(f"`{operation.op()}` needs {number} as {dtype}, which has no such number")


def _number(value: Any) -> Any:
    value = infinite(value)
    if isinstance(value, Polynomial):
        return value
    if type(value) not in (int, float):
        raise PydanticCustomError("float_type", "a number")
    if value != value or (type(value) is int and not -LARGEST <= value <= LARGEST):
        raise PydanticCustomError("finite_number", "a finite number")
    return value


def _optional_number(value: Any) -> Any:
    return None if value is None else _number(value)


Number = Annotated[
    int | float | Polynomial, PlainValidator(_number, json_schema_input_type=float), _WORDS
]
"""A number, `inf` or `-inf`, which may depend on symbols; an integer stays one."""

OptionalNumber = Annotated[
    int | float | Polynomial | None,
    PlainValidator(_optional_number, json_schema_input_type=float | None),
    _WORDS,
]
"""A number, `inf` or `-inf`, or null."""
