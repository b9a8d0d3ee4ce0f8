"""Carry our problems through pydantic, and pydantic's errors into our problems."""

from collections.abc import Callable, Iterable, Iterator, Mapping
from difflib import get_close_matches
from typing import Any

from pydantic import ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from archspec.diagnostics import (
    MissingKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    UnknownKey,
    WrongType,
)
from archspec.expressions import described, shorten

_TYPES: Mapping[str, str] = {
    "int_type": "an integer",
    "float_type": "a number",
    "bool_type": "`true` or `false`",
    "string_type": "a text",
    "list_type": "a list",
    "tuple_type": "an integer or a list of integers",
    "dict_type": "a mapping",
    "model_type": "a mapping",
    "model_attributes_type": "a mapping",
}
_RANGES: Mapping[str, tuple[str, str]] = {
    "greater_than_equal": ("at least", "ge"),
    "greater_than": ("above", "gt"),
    "less_than_equal": ("at most", "le"),
    "less_than": ("below", "lt"),
}


def wrong(problem: Problem) -> PydanticCustomError:
    """Wrap a problem so that a validator can raise it and pydantic adds where it stands."""
    return PydanticCustomError("problem", "{text}", {"text": problem.message, "problem": problem})


def close_match(name: str, known: Iterable[str]) -> str | None:
    """Say which known name may have been meant.

    >>> close_match("kernal_size", ["kernel_size", "stride"])
    'did you mean `kernel_size`?'
    """
    found = get_close_matches(name, list(known), n=1)
    return f"did you mean `{found[0]}`?" if found else None


def problems(
    error: ValidationError, prefix: Path, known: Callable[[Path], Iterable[str]]
) -> Iterator[tuple[Problem, Place]]:
    """Give each of pydantic's errors as a problem at its place below `prefix`.

    `known` names the keys that may stand at a path, to offer the one that was meant.
    """
    for detail in error.errors(include_url=False):
        loc = tuple(step for step in detail["loc"] if step != "[key]")
        is_key = "[key]" in detail["loc"] or detail["type"] == "extra_forbidden"
        missing = detail["type"] == "missing"
        problem = _problem(detail, loc, known)
        place = Place(prefix + (loc[:-1] if missing else loc), key=is_key or missing)
        yield problem, place


def _problem(
    detail: ErrorDetails, loc: Path, known: Callable[[Path], Iterable[str]]
) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    name = loc[-1] if loc else ""
    if kind == "problem":
        problem = context["problem"]
        assert isinstance(problem, Problem)
        return problem
    if kind == "extra_forbidden":
        return unknown_key(str(name), known(loc[:-1]))
    if kind == "missing":
        return MissingKey(f"`{name}` is required")
    if kind in _RANGES:
        words, key = _RANGES[kind]
        return OutOfRange(f"`{name}` must be {words} {context[key]}, not {_shown(detail)}")
    return _value_problem(detail, name, context)


def _value_problem(detail: ErrorDetails, name: object, context: Mapping[str, Any]) -> Problem:
    kind, value = detail["type"], detail["input"]
    if kind == "finite_number":
        return OutOfRange(f"`{name}` must be a finite number")
    if kind == "out_of_range":
        text = detail["msg"]
        return OutOfRange(text if text.startswith("`") else f"`{name}` must be {text}")
    if kind == "literal_error":
        expected = str(context["expected"]).replace("'", "`")
        match = close_match(str(value), expected.replace("`", "").split(", "))
        return OutOfRange(f"`{name}` must be {expected}, not `{_shown(detail)}`", help=match)
    wanted = _TYPES.get(kind, detail["msg"])
    if kind == "int_type" and isinstance(value, float):
        return _not_whole(name, value)
    return WrongType(f"`{name}` must be {wanted}, not {_told(value)}")


def _not_whole(name: object, value: float) -> WrongType:
    help = f"write `{int(value)}`" if value.is_integer() else "round it: `round(…)`, `floor(…)`"
    return WrongType(f"`{name}` must be an integer, not {value}", help=help)


def _told(value: object) -> str:
    if value is None:
        return "empty"
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, str | int | float):
        return f"{described(value)} (`{shorten(str(value))}`)"
    return described(value)


def _shown(detail: ErrorDetails) -> str:
    return shorten(str(detail["input"]))


def unknown_key(name: str, known: Iterable[str]) -> UnknownKey:
    """Say that a key is unknown, and which one may have been meant."""
    names = sorted(str(item) for item in known)
    listed = ", ".join(f"`{item}`" for item in names)
    match = close_match(name, names)
    return UnknownKey(f"`{shorten(name)}` is unknown here", help=match or f"known are {listed}")
