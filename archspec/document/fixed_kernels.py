"""The fixed kernels of a spec, `kernels`: matrices of numbers or expressions, and their factors."""

from typing import Annotated, Any

from pydantic import BeforeValidator, Field, WithJsonSchema, model_validator

from archspec.diagnostics import OutOfRange, Path, ShapeMismatch, WrongType
from archspec.document.errors import quoted, wrong
from archspec.document.forms import check_expression
from archspec.document.layers import Document

_EXAMPLE = "write the rows as lists: `[[1, 2, 1], [2, 4, 2], [1, 2, 1]]`"


def _values(raw: Any) -> Any:
    lists = raw if isinstance(raw, list) else []
    if lists and all(isinstance(rows, list) and _begins_with_list(rows) for rows in lists):
        channels = [_matrix(rows, (index,)) for index, rows in enumerate(raw)]
        _check_equal("channel", "rows", raw, ())
        _check_equal("channel", "numbers in a row", [rows[0] for rows in channels], ())
        return raw
    return _matrix(raw, ())


def _begins_with_list(rows: list[Any]) -> bool:
    return bool(rows) and isinstance(rows[0], list)


def _matrix(raw: Any, path: Path) -> list[Any]:
    """Check the rows of a matrix."""
    if not isinstance(raw, list):
        text = f"a kernel is a list of rows, not {quoted(raw)}"
        raise wrong(WrongType(text, help=_EXAMPLE), *path)
    if not raw:
        raise wrong(OutOfRange("a kernel has at least one row"), *path)
    for index, row in enumerate(raw):
        _check_row(row, (*path, index))
    _check_equal("row", "numbers", raw, path)
    return raw


def _check_row(row: Any, path: Path) -> None:
    if not isinstance(row, list):
        text = f"a row of a kernel is a list of numbers, not {quoted(row)}"
        raise wrong(WrongType(text, help=_EXAMPLE), *path)
    if not row:
        raise wrong(OutOfRange("a row of a kernel has at least one number"), *path)
    for index, item in enumerate(row):
        _check_number(item, (*path, index))


def _check_equal(part: str, what: str, lists: list[Any], path: Path) -> None:
    """Hold that all parts are as long as the first."""
    for index, item in enumerate(lists):
        if len(item) != len(lists[0]):
            text = f"every {part} of a kernel has as many {what} as the first"
            full = f"{text}, {len(lists[0])}, and this one has {len(item)}"
            raise wrong(ShapeMismatch(full), *path, index)


def _check_number(raw: Any, path: Path, what: str = "what a kernel holds") -> None:
    if isinstance(raw, bool) or not isinstance(raw, int | float | str):
        text = f"{what} is a number or an expression, not {quoted(raw)}"
        raise wrong(WrongType(text), *path)
    if isinstance(raw, str):
        check_expression(raw, *path)


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
