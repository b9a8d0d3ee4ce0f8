"""The fixed kernels of a spec, `kernels`: matrices of numbers or expressions, and their factors."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import OutOfRange, Path, Problem, ShapeMismatch, WrongType
from archspec.document.errors import quoted, wrong
from archspec.document.layers import Document
from archspec.expressions import checked, parse

_EXAMPLE = "write the rows as lists: `[[1, 2, 1], [2, 4, 2], [1, 2, 1]]`"


def _values(raw: Any) -> Any:
    if _is_list(raw) and raw and all(_is_list(row) and row and _is_list(row[0]) for row in raw):
        channels = [_matrix(rows, (index,)) for index, rows in enumerate(raw)]
        _check_equal("channel", "rows", raw, ())
        _check_equal("channel", "numbers in a row", [rows[0] for rows in channels], ())
        return raw
    return _matrix(raw, ())


def _matrix(raw: Any, path: Path) -> list[Any]:
    """Check the rows of a matrix."""
    if not isinstance(raw, list):
        raise _wrong(
            WrongType(f"a kernel is a list of rows, not {quoted(raw)}", help=_EXAMPLE), path
        )
    if not raw:
        raise _wrong(OutOfRange("a kernel has at least one row"), path)
    for index, row in enumerate(raw):
        _check_row(row, (*path, index))
    _check_equal("row", "numbers", raw, path)
    return raw


def _check_row(row: Any, path: Path) -> None:
    if not isinstance(row, list):
        text = f"a row of a kernel is a list of numbers, not {quoted(row)}"
        raise _wrong(WrongType(text, help=_EXAMPLE), path)
    if not row:
        raise _wrong(OutOfRange("a row of a kernel has at least one number"), path)
    for index, item in enumerate(row):
        _check_number(item, (*path, index))


def _check_equal(part: str, what: str, lists: list[Any], path: Path) -> None:
    """Hold that all parts are as long as the first."""
    for index, item in enumerate(lists):
        if len(item) != len(lists[0]):
            text = f"every {part} of a kernel has as many {what} as the first"
            full = f"{text}, {len(lists[0])}, and this one has {len(item)}"
            raise _wrong(ShapeMismatch(full), (*path, index))


def _check_number(raw: Any, path: Path, what: str = "what a kernel holds") -> None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        text = f"{what} is a number or an expression, not {quoted(raw)}"
        raise _wrong(WrongType(text), path)
    if isinstance(raw, str):
        try:
            parse(checked(raw))
        except Problem as problem:
            raise _wrong(problem, path) from None


def _wrong(problem: Problem, path: Path) -> PydanticCustomError:
    return wrong(problem, *path)


def _is_list(value: Any) -> bool:
    return isinstance(value, list)


def _scale(raw: Any) -> Any:
    _check_number(raw, (), "`scale`")
    return raw


class Kernel(Document):
    """A kernel as it stands in the YAML: rows, or a list of rows for each channel; a factor."""

    values: Annotated[
        Any, BeforeValidator(_values), WithJsonSchema({"definition": "rows-of-a-kernel"})
    ] = Field(description="The rows of the kernel, or a list of rows for each channel.")
    scale: Annotated[Any, BeforeValidator(_scale), WithJsonSchema({"definition": "number"})] = (
        Field(1, description="The factor for all values, as 1/16.")
    )

    @model_validator(mode="before")
    @classmethod
    def _normalise(cls, data: Any) -> Any:
        if isinstance(data, dict):
            return data
        if isinstance(data, list):
            return {"values": data}
        text = f"a kernel is a list of rows, not {quoted(data)}"
        raise wrong(WrongType(text, help=_EXAMPLE))
