"""The types of arguments: bounded numbers, and windows that are one number or one a dimension."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic_core import PydanticCustomError

LARGEST = 2**63 - 1

INFINITE: Mapping[str, float] = {
    sign + word: float(f"{sign}inf") for word in ("inf", ".inf") for sign in ("", "-")
}
"""The words for infinity: PyTorch's, and those of YAML."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """Words that an argument takes beside numbers."""

    words: frozenset[str]


def bounded(value: Any, least: int) -> int:
    """Check an integer of at least `least`; `true` is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("int_type", "an integer")
    if value < least:
        raise PydanticCustomError(
            "out_of_range", "at least {least}, not {value}", {"least": least, "value": value}
        )
    return value


def each(value: object, length: int) -> tuple[int, ...]:
    """Give the sizes of each dimension that one number or a list says; `()` where it says none.

    >>> each(3, 2), each([3, 5], 2), each("same", 2)
    ((3, 3), (3, 5), ())
    """
    items = tuple(value) if isinstance(value, list | tuple) else (value,) * length
    sizes = tuple(size for size in items if type(size) is int and size > 0)
    return sizes if len(sizes) == len(items) == length else ()


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "an integer")
    return value


NUMBER_ONLY = BeforeValidator(_no_truth)
"""For a choice of numbers: `true` equals 1, and is none of them."""


def _window(length: int, least: int, words: frozenset[str] = frozenset()) -> BeforeValidator:
    integers = f"{length} integers" if length > 1 else "1 integer"

    def validate(value: Any) -> Any:
        if isinstance(value, str) and value in words:
            return value
        if not isinstance(value, list | tuple):
            return (bounded(value, least),) * length
        if len(value) != length:
            raise PydanticCustomError(
                "window_length", "an integer or a list of {integers}", {"integers": integers}
            )
        if any(isinstance(item, bool) or not isinstance(item, int) for item in value):
            raise PydanticCustomError(
                "window_length", "a list of {integers}", {"integers": integers}
            )
        return tuple(bounded(item, least) for item in value)

    return BeforeValidator(validate)


def _output_size(length: int) -> BeforeValidator:
    integers = f"{length} integers" if length > 1 else "1 integer"

    def validate(value: Any) -> Any:
        if not isinstance(value, list | tuple):
            return (bounded(value, 1),) * length
        if len(value) != length:
            raise PydanticCustomError(
                "window_length", "an integer or a list of {integers}", {"integers": integers}
            )
        keeps = length > 1
        return tuple(None if item is None and keeps else bounded(item, 1) for item in value)

    return BeforeValidator(validate)


def infinite(value: Any) -> Any:
    """Give the number for a word that means infinity, and anything else back.

    >>> infinite("-inf"), infinite(2)
    (-inf, 2)
    """
    return INFINITE.get(value, value) if isinstance(value, str) else value


def is_infinity(raw: object) -> bool:
    """Say whether a text is infinity as YAML has it, and so no expression.

    >>> is_infinity("-.inf"), is_infinity("inf"), is_infinity("2 * width")
    (True, False, False)
    """
    return isinstance(raw, str) and "." in raw and raw in INFINITE


def _is_number(value: float | None) -> float | None:
    if value is not None and value != value:
        raise PydanticCustomError("finite_number", "a number")
    return value


def _non_zero(value: float) -> float:
    if value == 0:
        raise PydanticCustomError("out_of_range", "a number other than 0")
    return value


class MappingArgument(BaseModel):
    """An argument that is a mapping of arguments of its own."""

    model_config = ConfigDict(strict=True, frozen=True, extra="forbid")

    described: ClassVar[Mapping[str, str]]
    """What each of them says."""


def mapping_of(annotation: Any) -> type[MappingArgument] | None:
    """Give the class of the mapping that an argument takes beside other values, if it does.

    >>> mapping_of(int | None)
    """
    parts = (part for part in get_args(annotation) if isinstance(part, type))
    return next((part for part in parts if issubclass(part, MappingArgument)), None)


Count = Annotated[int, Field(ge=1, le=LARGEST)]
"""An integer of at least 1: channels, features, groups."""

Probability = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
"""A number from 0 to 1."""

Positive = Annotated[float, Field(gt=0, allow_inf_nan=False)]
"""A finite number above 0."""

Finite = Annotated[float, Field(allow_inf_nan=False)]
"""A finite number."""

Extended = Annotated[
    float, BeforeValidator(infinite), AfterValidator(_is_number), Keywords(frozenset(INFINITE))
]
"""A number, or infinity of either sign: `inf` and `-inf`."""

OptionalExtended = Annotated[
    float | None,
    BeforeValidator(infinite),
    AfterValidator(_is_number),
    Keywords(frozenset(INFINITE)),
]
"""The same, or null."""

OptionalPositive = Annotated[
    Annotated[float, Field(gt=0)] | None, BeforeValidator(infinite), Keywords(frozenset(INFINITE))
]
"""A number above 0 or infinity, or null."""

NonZero = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_non_zero)]
"""A finite number other than 0."""

Window1d = Annotated[tuple[int], _window(1, least=1)]
"""A length of at least 1."""

Window2d = Annotated[tuple[int, int], _window(2, least=1)]
"""Height and width of at least 1, or one number for both."""

Window3d = Annotated[tuple[int, int, int], _window(3, least=1)]
"""Depth, height and width of at least 1, or one number for all."""

Padding1d = Annotated[tuple[int], _window(1, least=0)]
"""What is added on either side."""

Padding2d = Annotated[tuple[int, int], _window(2, least=0)]
"""Rows and columns added on either side, or one number for both."""

Padding3d = Annotated[tuple[int, int, int], _window(3, least=0)]
"""What is added on either side of depth, height and width, or one number for all."""

PADDING_WORDS = frozenset(["same", "valid"])
"""What convolutions take as `padding` beside numbers."""

PaddingOrWord1d = Annotated[
    tuple[int] | str, _window(1, least=0, words=PADDING_WORDS), Keywords(PADDING_WORDS)
]
"""Padding, or `same` (the output is as long as the input) or `valid` (none)."""

PaddingOrWord2d = Annotated[
    tuple[int, int] | str, _window(2, least=0, words=PADDING_WORDS), Keywords(PADDING_WORDS)
]
"""Padding, or `same` (the output is as large as the input) or `valid` (none)."""

PaddingOrWord3d = Annotated[
    tuple[int, int, int] | str, _window(3, least=0, words=PADDING_WORDS), Keywords(PADDING_WORDS)
]
"""Padding, or `same` (the output is as large as the input) or `valid` (none)."""

OutputSize1d = Annotated[tuple[int], _output_size(1)]
"""The length that comes out."""

OutputSize2d = Annotated[tuple[int | None, int | None], _output_size(2)]
"""Height and width that come out; null keeps the input's."""

OutputSize3d = Annotated[tuple[int | None, int | None, int | None], _output_size(3)]
"""Depth, height and width that come out; null keeps the input's."""
