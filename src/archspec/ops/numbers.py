"""Numbers as arguments: they stand in the place of an input, and have a part in the dtype."""

from typing import Annotated, Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import OutOfRange
from archspec.dimensions import Polynomial
from archspec.ops.fields import LARGEST, Keywords
from archspec.ops.operation import Operation

INFINITE = frozenset(["inf", "-inf"])
"""The words for what no number of YAML is."""


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
    if isinstance(number, float | str) and not is_floating(dtype):
        return "float32"
    return "int64" if dtype == "bool" else dtype


_LARGEST = {
    **{"int8": 2**7 - 1, "int16": 2**15 - 1, "int32": 2**31 - 1, "int64": LARGEST, "uint8": 255},
    **{"float16": 65504.0, "bfloat16": 3.38e38, "float32": 3.4028234663852886e38},
}


def check_holds(operation: Operation, dtype: str, number: object) -> None:
    """Raise `OutOfRange` where a dtype has no such number."""
    value = float(number) if isinstance(number, str) else number
    if not isinstance(value, int | float) or abs(value) <= _LARGEST.get(dtype, abs(value)):
        return
    if abs(value) == float("inf") and is_floating(dtype):
        return
    raise OutOfRange(f"`{operation.op()}` needs {number} as {dtype}, which has no such number")


def _number(value: Any) -> Any:
    if isinstance(value, Polynomial):
        return value
    if type(value) not in (int, float):
        raise PydanticCustomError("float_type", "a number")
    if not -LARGEST <= value <= LARGEST and (type(value) is int or not _is_finite(value)):
        raise PydanticCustomError("finite_number", "a finite number")
    return value


def _is_finite(value: float) -> bool:
    return abs(value) < float("inf")


def _optional_number(value: Any) -> Any:
    return None if value is None else _number(value)


def _number_or_infinity(value: Any) -> Any:
    return value if isinstance(value, str) and value in INFINITE else _number(value)


def _optional_number_or_infinity(value: Any) -> Any:
    return None if value is None else _number_or_infinity(value)


Number = Annotated[int | float | Polynomial, PlainValidator(_number, json_schema_input_type=float)]
"""A finite number, which may depend on symbols; an integer stays one."""

OptionalNumber = Annotated[
    int | float | Polynomial | None,
    PlainValidator(_optional_number, json_schema_input_type=float | None),
]
"""A finite number, or null."""

NumberOrInfinity = Annotated[
    int | float | str,
    PlainValidator(_number_or_infinity, json_schema_input_type=float),
    Keywords(INFINITE),
]
"""A number, `inf` or `-inf`."""

OptionalNumberOrInfinity = Annotated[
    int | float | str | Polynomial | None,
    PlainValidator(_optional_number_or_infinity, json_schema_input_type=float | None),
    Keywords(INFINITE),
]
"""A number, `inf`, `-inf`, or null."""
