"""What operations share that are functions: dimensions by number, and the text of the call."""

import ast
from collections.abc import Mapping
from typing import Annotated, Any

from pydantic import PlainValidator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import (
    DimensionOutOfRange,
    EmptyTensor,
    Entry,
    LimitExceeded,
    OutOfRange,
    RankMismatch,
    Remedy,
    ShapeMismatch,
    WrongDtype,
)
from archspec.operations.fields import INFINITE, LARGEST, Keywords, infinite
from archspec.operations.operation import FunctionOperation, Operation
from archspec.sizes import Polynomial, Require, Size, Tensor, at_least

# Python texts of arguments, put together as a colleague would write the call.


def keywords(arguments: Mapping[str, str], *without: str) -> str:
    """Write keyword arguments, each with a comma before it.

    >>> keywords({"dim": "1", "keepdim": "True"}, "dim")
    ', keepdim=True'
    """
    return "".join(f", {name}={text}" for name, text in arguments.items() if name not in without)


def unpacked(text: str) -> str:
    """Write a list as several arguments.

    >>> unpacked("(0, 2, n // 3)"), unpacked("(4,)"), unpacked("sizes")
    ('0, 2, n // 3', '4', '*sizes')
    >>> unpacked("()")
    '()'
    """
    if text == "()":  # PyTorch's methods want one argument at least
        return text
    tree = ast.parse(text, mode="eval").body
    if isinstance(tree, ast.Tuple | ast.List) and tree.elts:
        return ", ".join(ast.get_source_segment(text, item) or "" for item in tree.elts)
    return f"*{text}"


def elements(text: str) -> tuple[str, ...]:
    """Give the texts of the elements of a list.

    >>> elements("(n, 2 * n)")
    ('n', '2 * n')
    """
    tree = ast.parse(text, mode="eval").body
    assert isinstance(tree, ast.Tuple | ast.List)
    return tuple(ast.get_source_segment(text, item) or "" for item in tree.elts)


def tuple_of(texts: tuple[str, ...]) -> str:
    """Write a tuple.

    >>> tuple_of(("a",)), tuple_of(("a", "b"))
    ('(a,)', '(a, b)')
    """
    return f"({', '.join(texts)}{',' if len(texts) == 1 else ''})"


def given(arguments: Mapping[str, str], name: str) -> str | None:
    """Give the text of an argument; `None` where it is left out, or is null.

    >>> given({"other": "2", "min": "None"}, "other"), given({"min": "None"}, "min")
    ('2', None)
    """
    text = arguments.get(name, "None")
    return None if text == "None" else text


def operand(text: str) -> str:
    """Put parentheses round what is no single thing: it will stand beside an operator.

    >>> operand("n - 1"), operand("0.5"), operand("-2"), operand("(n - 1)")
    ('(n - 1)', '0.5', '-2', '(n - 1)')
    """
    tree = ast.parse(text, mode="eval").body
    grouped = text.startswith("(") and tree.col_offset == 1
    several = isinstance(tree, ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp)
    return f"({text})" if several and not grouped else text


def integer(text: str) -> int | None:
    """Read an integer off its text; `None` for any other expression.

    >>> integer("-2"), integer("n")
    (-2, None)
    """
    digits = text.removeprefix("-")
    return int(text) if digits.isascii() and digits.isdigit() else None


def subscript(x: str, dim: str, item: str) -> str:
    """Write `x[:, item]`: what is taken along one dimension.

    >>> subscript("x", "1", "0"), subscript("x", "-2", "::2"), subscript("x", "axis", "1:")
    ('x[:, 0]', 'x[..., ::2, :]', 'x.transpose(0, axis)[1:].transpose(0, axis)')
    """
    index = integer(dim)
    if index is None:
        return f"{x}.transpose(0, {dim})[{item}].transpose(0, {dim})"
    before = ":, " * index if index >= 0 else "..., "
    after = "" if index >= 0 else ", :" * (-index - 1)
    return f"{x}[{before}{item}{after}]"


def interval(start: str, end: str, step: str) -> str:
    """Write a slice, spaced as `ruff format` does; an empty text is left out.

    >>> interval("", "", "2"), interval("1", "-1", ""), interval("n // 2", "", "")
    ('::2', '1:-1', 'n // 2 :')
    """
    parts = [start, end, step] if step else [start, end]
    if all(_is_plain(part) for part in parts if part):
        return ":".join(parts)
    return " : ".join(parts).replace(":  :", "::").strip()


def _is_plain(text: str) -> bool:
    bare = text.removeprefix("-")
    return bare.isidentifier() or integer(bare) is not None


# Numbers as arguments: they stand in the place of an input, and have a part in the dtype.

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


# What operations that are functions share: dimensions by number, and results that are not empty.
#
# The classes of the vocabulary that are methods of a tensor in PyTorch, `x.permute(0, 2, 1)`,
# begin
# here.

MOST_PIECES = 10_000
"""How many values one operation gives at most."""


class FreeFunction(FunctionOperation):
    """A function that multiplies and accumulates nothing."""

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count 0: it is no convolution or matrix product."""
        return 0


def axis(operation: Operation, dim: int, rank: int) -> int:
    """Count a dimension from 0, or raise `DimensionOutOfRange`.

    >>> from archspec.operations import load
    >>> axis(load("unsqueeze")(dim=-1), -1, 4)
    3
    """
    if -rank <= dim < rank:
        return dim % rank
    known = f"there are {rank} dimensions" if rank else "its input has no dimensions"
    raise DimensionOutOfRange(
        f"`{operation.op()}` names dimension {dim}, and {known}",
        help=counted(operation, rank, "or back from -1") if rank else None,
    )


def counted(operation: Operation, rank: int, also: str = "") -> Remedy:
    """Say which dimensions there are, each of which may be named instead in `dim`."""
    text = f"they are counted from 0 to {rank - 1}" + (f", {also}" if also else "")
    is_one = isinstance(getattr(operation, "dim", None), int)
    return Remedy(text, *(Entry("dim", str(dim)) for dim in range(rank if is_one else 0)))


def axes(operation: Operation, dims: tuple[int, ...], rank: int) -> tuple[int, ...]:
    """Count dimensions from 0, or raise `DimensionOutOfRange` where one is named twice."""
    found = tuple(axis(operation, dim, rank) for dim in dims)
    if len(set(found)) < len(found):
        raise DimensionOutOfRange(
            f"`{operation.op()}` names a dimension twice: {', '.join(map(str, dims))}"
        )
    return found


def replaced(x: Tensor, index: int, *sizes: Size) -> Tensor:
    """Put sizes, or none, in the place of one.

    >>> print(replaced(Tensor((2, 8, 9)), 1, 4, 2))
    2×4×2×9
    """
    return x.reshaped(*x.shape[:index], *sizes, *x.shape[index + 1 :])


def cut(operation: Operation, size: int, piece: int) -> tuple[int, ...]:
    """Cut a size into pieces, of which the last may be smaller.

    >>> from archspec.operations import load
    >>> cut(load("split")(split_size_or_sections=3, dim=1), 8, 3)
    (3, 3, 2)
    """
    count = -(-size // piece)
    check_number(operation, count)
    return (*(piece,) * (count - 1), size - piece * (count - 1))


def check_number(operation: Operation, count: int) -> None:
    """Raise `LimitExceeded` where more values would come out than anybody reads."""
    if count > MOST_PIECES:
        raise LimitExceeded(
            f"`{operation.op()}` would give {count} pieces, and at most {MOST_PIECES} are allowed"
        )


def check_not_empty(require: Require, operation: Operation, size: Size, what: str) -> None:
    """Raise `EmptyTensor` unless a size is at least 1."""
    if not require(at_least(size, 1)):
        raise EmptyTensor(f"`{operation.op()}` would give nothing: {what}")


def check_one_dtype(operation: Operation, inputs: tuple[Tensor, ...]) -> None:
    """Raise `WrongDtype` unless all inputs hold numbers of one kind."""
    first, *others = (tensor.dtype for tensor in inputs)
    for other in others:
        if other != first:
            raise WrongDtype(
                f"`{operation.op()}` takes numbers of one dtype, not {first} and {other}"
            )


def check_numbers(operation: Operation, inputs: tuple[Tensor, ...]) -> None:
    """Raise `WrongDtype` where an input holds truth values."""
    if any(tensor.dtype == "bool" for tensor in inputs):
        raise WrongDtype(f"`{operation.op()}` takes numbers, not truth values")


def check_indices_fit(
    require: Require, operation: Operation, which: str, x: Tensor, index: Tensor, but: int | None
) -> None:
    """Refuse indices of another rank than a tensor's, or of more places than it has.

    Along the dimension `but` they may be any number. Raises `RankMismatch` or `ShapeMismatch`.
    """
    if index.rank != x.rank:
        raise RankMismatch(
            f"`{operation.op()}` takes indices of as many dimensions as its {which} input: "
            f"{index.rank} are not {x.rank}"
        )
    for number, (size, wanted) in enumerate(zip(x.shape, index.shape, strict=True)):
        if number != but and not require(at_least(size, wanted)):
            raise ShapeMismatch(
                f"`{operation.op()}` takes indices of no more places in dimension {number} than "
                f"its {which} input has: {wanted} are more than {size}"
            )
