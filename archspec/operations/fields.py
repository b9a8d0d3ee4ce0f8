"""The types of arguments: bounded numbers, windows, dimensions, and sizes with symbols."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ClassVar, NamedTuple, get_args

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field, PlainValidator
from pydantic_core import PydanticCustomError

from archspec.sizes import Polynomial


class Window(NamedTuple):
    """A window over one dimension; with `same` the border is added that keeps the size.

    >>> Window(kernel=2, stride=3).unread, Window(kernel=3, stride=2).unread
    (1, 0)
    """

    kernel: int
    stride: int = 1
    dilation: int = 1
    same: bool = False

    @property
    def unread(self) -> int:
        """Of as many places as the stride has, those that no window reads.

        >>> Window(kernel=3, stride=2, dilation=2).unread
        1
        """
        if self.kernel >= self.stride and self.dilation == 1:
            return 0
        read = {tap * self.dilation % self.stride for tap in range(min(self.kernel, self.stride))}
        return self.stride - len(read)

    @property
    def is_lopsided(self) -> bool:
        """Whether `same` adds one place more at the end than at the start.

        >>> Window(kernel=4, same=True).is_lopsided
        True
        """
        return self.same and self.dilation * (self.kernel - 1) % 2 == 1


def each(value: object, length: int) -> tuple[int, ...]:
    """Give the sizes of each dimension that one number or a list says; `()` where it says none.

    >>> each(3, 2), each([3, 5], 2), each("same", 2)
    ((3, 3), (3, 5), ())
    """
    items = tuple(value) if isinstance(value, list | tuple) else (value,) * length
    sizes = tuple(size for size in items if type(size) is int and size > 0)
    return sizes if len(sizes) == len(items) == length else ()


def alike(sizes: Sequence[int]) -> object:
    """Write the sizes of each dimension as a spec would: as one number where they are alike.

    >>> alike((3, 3)), alike((3, 5))
    (3, [3, 5])
    """
    return sizes[0] if len(set(sizes)) == 1 else list(sizes)


Lengths = tuple[int, ...]
Arguments = Mapping[str, object]


def same_size(
    kernels: Lengths,
    strides: Lengths,
    dilations: Lengths,
    paddings: Callable[[Lengths, Lengths, Lengths], Arguments | None],
) -> Arguments:
    """Give the arguments that keep a size but for the stride, by a larger kernel if need be.

    Around an even kernel one side gets more than the other, which no padding says.
    """
    written = paddings(kernels, strides, dilations)
    if written is not None:
        return written
    odd = tuple(kernel | 1 for kernel in kernels)
    return {"kernel_size": alike(odd), **(paddings(odd, strides, dilations) or {})}


LARGEST = 2**63 - 1

INFINITE: Mapping[str, float] = {
    sign + word: float(f"{sign}inf") for word in ("inf", ".inf") for sign in ("", "-")
}
"""The words for infinity: PyTorch's, and those of YAML."""


@dataclass(frozen=True, slots=True)
class Keywords:
    """Words that an argument takes beside numbers."""

    words: frozenset[str]


_INFINITE_WORDS = Keywords(frozenset(INFINITE))


def refused(reason: str) -> PydanticCustomError:
    """Make the error of arguments that an operation cannot have, for one reason."""
    return PydanticCustomError("out_of_range", "{reason}", {"reason": reason})


def bounded(value: Any, least: int) -> int:
    """Check an integer of at least `least`; `true` is none."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise PydanticCustomError("int_type", "an integer")
    if value < least:
        raise refused(f"at least {least}, not {value}")
    return value


def _no_truth(value: Any) -> Any:
    if isinstance(value, bool):
        raise PydanticCustomError("int_type", "an integer")
    return value


NUMBER_ONLY = BeforeValidator(_no_truth)
"""For a choice of numbers: `true` equals 1, and is none of them."""


def _window(
    length: int, least: int, words: frozenset[str] = frozenset(), is_output: bool = False
) -> BeforeValidator:
    """Take one number for all dimensions, or a list; null keeps one of several output sizes."""
    integers = f"{length} integers" if length > 1 else "1 integer"
    keeps = is_output and length > 1

    def validate(value: Any) -> Any:
        if isinstance(value, str) and value in words:
            return value
        if not isinstance(value, list | tuple):
            return (bounded(value, least),) * length
        if len(value) != length:
            text = f"an integer or a list of {integers}"
            raise PydanticCustomError("window_length", "{text}", {"text": text})
        if not is_output and any(isinstance(n, bool) or not isinstance(n, int) for n in value):
            text = f"a list of {integers}"
            raise PydanticCustomError("window_length", "{text}", {"text": text})
        return tuple(None if item is None and keeps else bounded(item, least) for item in value)

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
        raise refused("a number other than 0")
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

Extended = Annotated[float, BeforeValidator(infinite), AfterValidator(_is_number), _INFINITE_WORDS]
"""A number, or infinity of either sign: `inf` and `-inf`."""

OptionalExtended = Annotated[
    float | None,
    BeforeValidator(infinite),
    AfterValidator(_is_number),
    _INFINITE_WORDS,
]
"""A number, or infinity of either sign, or null."""

OptionalPositive = Annotated[
    Annotated[float, Field(gt=0)] | None, BeforeValidator(infinite), _INFINITE_WORDS
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

OutputSize1d = Annotated[tuple[int], _window(1, least=1, is_output=True)]
"""The length that comes out."""

OutputSize2d = Annotated[tuple[int | None, int | None], _window(2, least=1, is_output=True)]
"""Height and width that come out; null keeps the input's."""

OutputSize3d = Annotated[
    tuple[int | None, int | None, int | None], _window(3, least=1, is_output=True)
]
"""Depth, height and width that come out; null keeps the input's."""


def _integer(value: Any) -> int:
    if type(value) is not int:
        raise PydanticCustomError("int_type", "an integer")
    return value


def _count(value: Any) -> int:
    if not 1 <= _integer(value) <= LARGEST:
        raise refused(f"at least 1, not {value}")
    return int(value)


def _factor(value: Any) -> float:
    if type(value) not in (int, float):
        raise PydanticCustomError("float_type", "a number")
    if not 0 < value <= LARGEST:
        raise refused(f"a finite number above 0, not {value}")
    return float(value)


def _integer_or_symbolic(value: Any) -> Any:
    return value if isinstance(value, Polynomial) else _integer(value)


def _size(value: Any) -> Any:
    return value if isinstance(value, Polynomial) else _count(value)


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
            raise refused("a list that is not empty")
        return items

    return validate


def _one_rest(value: Any) -> Any:
    """Check a shape in which one size may be -1."""
    shape = _list(_size_or_rest)(value)
    if shape.count(-1) > 1:
        raise refused("a list with at most one -1")
    return shape


Dims = Annotated[tuple[int, ...], BeforeValidator(_list(_integer))]
"""A list of dimensions, counted from 0 or back from -1."""

DimOrDims = Annotated[int | tuple[int, ...], BeforeValidator(_one_or_list(_integer))]
"""A dimension, or a list of them."""

DimOrSomeDims = Annotated[
    int | tuple[int, ...], BeforeValidator(_not_empty(_one_or_list(_integer)))
]
"""A dimension, or a list of them that is not empty."""

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


def _number(value: Any) -> Any:
    value = infinite(value)
    if isinstance(value, Polynomial):
        return value
    if type(value) not in (int, float):
        raise PydanticCustomError("float_type", "a number")
    if value != value or (type(value) is int and not -LARGEST <= value <= LARGEST):
        raise PydanticCustomError("finite_number", "a finite number")
    return value


Number = Annotated[
    int | float | Polynomial, PlainValidator(_number, json_schema_input_type=float), _INFINITE_WORDS
]
"""A number, `inf` or `-inf`, which may depend on symbols; an integer stays one."""

OptionalNumber = Annotated[
    int | float | Polynomial | None,
    PlainValidator(_optional(_number), json_schema_input_type=float | None),
    _INFINITE_WORDS,
]
"""A number, `inf` or `-inf`, or null."""
