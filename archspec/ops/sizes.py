"""The types of arguments that name dimensions, or sizes that may depend on symbols."""

from collections.abc import Callable
from typing import Annotated, Any

from pydantic import BeforeValidator, PlainValidator
from pydantic_core import PydanticCustomError

from archspec.dimensions import Polynomial
from archspec.ops.fields import LARGEST


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise PydanticCustomError("int_type", "an integer")
    return value


def _integer_or_symbolic(value: Any) -> Any:
    return value if isinstance(value, Polynomial) else _integer(value)


def _size(value: Any) -> Any:
    return value if isinstance(value, Polynomial) else _count(value)


def _count(value: Any) -> int:
    if not 1 <= _integer(value) <= LARGEST:
        raise PydanticCustomError(
            "out_of_range", "at least {least}, not {value}", {"least": 1, "value": value}
        )
    return int(value)


def _factor(value: Any) -> float:
    if type(value) not in (int, float):
        raise PydanticCustomError("float_type", "a number")
    if not 0 < value <= LARGEST:
        raise PydanticCustomError(
            "out_of_range", "a finite number above 0, not {value}", {"value": value}
        )
    return float(value)


def _size_or_rest(value: Any) -> Any:
    return value if type(value) is int and value == -1 else _size(value)


def _list(item: Callable[[Any], Any], what: str = "integers") -> Callable[[Any], Any]:
    def validate(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            raise PydanticCustomError("list_type", "a list")
        try:
            return tuple([item(each) for each in value])
        except PydanticCustomError as error:
            if error.type == "out_of_range":
                raise
            raise PydanticCustomError("items_type", "a list of {what}", {"what": what}) from None

    return validate


def _one_or_list(item: Callable[[Any], Any], what: str = "integers") -> Callable[[Any], Any]:
    several = _list(item, what)
    return lambda value: several(value) if isinstance(value, list | tuple) else item(value)


def _optional(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    return lambda value: None if value is None else check(value)


def _not_empty(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    def validate(value: Any) -> Any:
        items = check(value)
        if items == ():
            raise PydanticCustomError("out_of_range", "a list that is not empty")
        return items

    return validate


def _one_rest(value: Any) -> Any:
    """Check a shape in which one size may be -1."""
    shape = _list(_size_or_rest)(value)
    if shape.count(-1) > 1:
        raise PydanticCustomError("out_of_range", "a list with at most one -1")
    return shape


Dims = Annotated[tuple[int, ...], BeforeValidator(_list(_integer))]
"""A list of dimensions, counted from 0 or back from -1."""

DimOrDims = Annotated[int | tuple[int, ...], BeforeValidator(_one_or_list(_integer))]
"""A dimension, or a list of them."""

OptionalDims = Annotated[
    int | tuple[int, ...] | None, BeforeValidator(_optional(_one_or_list(_integer)))
]
"""A dimension, a list of them, or null for all."""

Integers = Annotated[tuple[int, ...], BeforeValidator(_list(_integer))]
"""A list of integers."""

FixedShape = Annotated[tuple[int, ...], BeforeValidator(_list(_count))]
"""Sizes of at least 1, or none for a tensor without dimensions."""

FreeInteger = Annotated[
    int | Polynomial, PlainValidator(_integer_or_symbolic, json_schema_input_type=int)
]
"""An integer, which may depend on symbols."""

FreeIntegers = Annotated[
    tuple[int | Polynomial, ...],
    PlainValidator(_list(_integer_or_symbolic), json_schema_input_type=list[int]),
]
"""A list of integers, which may depend on symbols."""

FreeSize = Annotated[int | Polynomial, PlainValidator(_size, json_schema_input_type=int)]
"""A size of at least 1, which may depend on symbols."""

FreeSizeOrSizes = Annotated[
    int | Polynomial | tuple[int | Polynomial, ...],
    PlainValidator(_not_empty(_one_or_list(_size)), json_schema_input_type=int | list[int]),
]
"""A size, or a list of them."""

OptionalSizes = Annotated[
    int | Polynomial | tuple[int | Polynomial, ...] | None,
    PlainValidator(
        _optional(_not_empty(_one_or_list(_size))), json_schema_input_type=int | list[int] | None
    ),
]
"""A size, a list of them, or null."""

OptionalFactors = Annotated[
    float | tuple[float, ...] | None,
    BeforeValidator(_optional(_not_empty(_one_or_list(_factor, "numbers")))),
]
"""A finite number above 0, a list of them, or null."""

OptionalShape = Annotated[
    tuple[int | Polynomial, ...] | None,
    PlainValidator(_optional(_not_empty(_list(_size))), json_schema_input_type=list[int] | None),
]
"""A list of sizes, or null."""

FullShape = Annotated[
    tuple[int | Polynomial, ...],
    PlainValidator(_not_empty(_list(_size)), json_schema_input_type=list[int]),
]
"""A list of sizes, each of which may depend on symbols."""

FreeShape = Annotated[
    tuple[int | Polynomial, ...],
    PlainValidator(_one_rest, json_schema_input_type=list[int]),
]
"""A shape in which one size may be -1, for what is left."""

ExpandedShape = Annotated[
    tuple[int | Polynomial, ...],
    PlainValidator(_not_empty(_list(_size_or_rest)), json_schema_input_type=list[int]),
]
"""A shape in which -1 keeps a size."""
