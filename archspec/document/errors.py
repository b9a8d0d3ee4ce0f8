"""Carry our problems through pydantic, and pydantic's errors into our problems."""

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from pydantic import AfterValidator, ValidationError
from pydantic_core import ErrorDetails, PydanticCustomError

from archspec.diagnostics import (
    Element,
    Entry,
    Instead,
    MissingKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    Remedy,
    Renamed,
    SymbolicValue,
    UnknownKey,
    Value,
    Without,
    Word,
    Wrapped,
    WrongType,
    close_match,
    close_names,
    did_you_mean,
    slips,
)
from archspec.document.synonyms import APART, UNNEEDED, argument_for, has_none, operation_for, plain
from archspec.expressions import described, shorten
from archspec.sizes import Polynomial

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
_LENGTHS = {"string_too_short": "at least", "string_too_long": "at most"}


def wrong(problem: Problem, *below: str | int) -> PydanticCustomError:
    """Wrap a problem so that a validator can raise it and pydantic adds where it stands.

    `below` leads from there to the key that is wrong.
    """
    context = {"text": problem.message, "problem": problem, "below": below}
    return PydanticCustomError("problem", "{text}", context)


def validated(check: Callable[[str], str]) -> AfterValidator:
    """Make a validator of a check that raises a problem."""

    def validate(text: str) -> str:
        try:
            return check(text)
        except Problem as problem:
            raise wrong(problem) from None

    return AfterValidator(validate)


def operation_match(
    name: str, operations: Collection[str], others: Collection[str] = ()
) -> str | None:
    """Say which operation, or other name, may have been meant, also in another framework's words.

    >>> operation_match("nn.Swish", ["silu", "mish"])
    'it is called `silu` here'
    >>> operation_match("sort", ["sqrt", "dot"])
    """
    called = re.match(r"([\w.]+)\(", name)
    if called is not None and operation_match(called[1], operations) is not None:
        return (
            "write its arguments beside it, as in `{op: conv2d, out_channels: 8, kernel_size: 3}`"
        )
    alike = [item for item in operations if plain(item) == plain(name)]
    if alike:
        return did_you_mean(name, alike[0])
    ours = operation_for(name, operations)
    if ours is None:
        return close_match(name, [*others, *(() if has_none(name) else operations)])
    if not ours.arguments:
        return Remedy(f"it is called `{ours.name}` here", Word(name, ours.name))
    written = ", ".join(f"{key}: {text}" for key, text in ours.arguments.items())
    entries = tuple(Entry(key, text) for key, text in ours.arguments.items())
    text = f"write `{{op: {ours.name}, {written}}}`"
    return Remedy(
        text, Instead(f"{{op: {ours.name}, {written}}}"), (Word(name, ours.name), *entries)
    )


def listed(names: Iterable[str], last: str = "and") -> str:
    """List names in a sentence.

    >>> listed(["a", "b", "c"])
    '`a`, `b` and `c`'
    """
    *most, end = [f"`{name}`" for name in names] or ["none"]
    return f"{', '.join(most)} {last} {end}" if most else end


def quoted(value: object) -> str:
    """Name a value by its kind and, where it is short, by itself.

    >>> quoted(True), quoted("64px")
    ('`true`', 'a text (`64px`)')
    """
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, list | dict) and not value:
        return f"an empty {'list' if isinstance(value, list) else 'mapping'}"
    if value == "":
        return "an empty text"
    if isinstance(value, str | int | float | list):
        return f"{described(value)} (`{shorten(str(value))}`)"
    return described(value)


def problems(
    error: ValidationError,
    prefix: Path,
    keys_at: Callable[[Path], Iterable[str]],
    owner: str | None = None,
    poisoned: Collection[str] = (),
) -> Iterator[tuple[Problem, Place]]:
    """Give each of pydantic's errors as a problem at its place below `prefix`.

    `keys_at` gives the keys that may stand at a path, to offer the closest. `owner` is
    whose arguments they are, and `poisoned` those that failed before.
    """
    details = [
        detail
        for detail in error.errors(include_url=False)
        if not _follows(detail["loc"], poisoned)
    ]
    missing = _missing(details, owner)
    yield from ((item, Place(prefix + path, key=True)) for path, item in missing.alone.items())
    for detail in details:
        if detail["type"] == "missing":
            continue
        loc = tuple(step for step in detail["loc"] if step != "[key]")
        below = detail.get("ctx", {}).get("below", ())
        is_key = "[key]" in detail["loc"] or detail["type"] == "extra_forbidden" or bool(below)
        problem = _problem(detail, loc, keys_at, owner)
        if detail["type"] == "extra_forbidden":
            problem.notes += missing.notes.pop(loc[:-1], ())
        yield problem, Place(prefix + loc + below, key=is_key)


def _follows(loc: Path, poisoned: Collection[str]) -> bool:
    """Say whether an error may follow from one before: it is of what failed, or of the whole."""
    return loc[0] in poisoned if loc else bool(poisoned)


class _Missing(NamedTuple):
    """What is missing by the mapping: a problem, or notes to a key there that means nothing."""

    alone: Mapping[Path, MissingKey]
    notes: dict[Path, tuple[str, ...]]


def _missing(details: Iterable[ErrorDetails], owner: str | None) -> _Missing:
    """Put together what is missing in one mapping, but what is there misspelt."""
    missing: dict[Path, list[str]] = {}
    unknown: dict[Path, list[str]] = {}
    for detail in details:
        *around, name = detail["loc"] or ("",)
        group = {"missing": missing, "extra_forbidden": unknown}.get(detail["type"])
        if group is not None:
            group.setdefault(tuple(around), []).append(str(name))
    absent = {
        path: [name for name in names if not _is_misspelt(name, unknown.get(path, []))]
        for path, names in missing.items()
    }
    required = {path: _required(names, owner) for path, names in absent.items() if names}
    return _Missing(
        {path: item for path, item in required.items() if path not in unknown},
        {path: (item.message,) for path, item in required.items() if path in unknown},
    )


def _is_misspelt(name: str, unknown: list[str]) -> bool:
    """Say whether one of the unknown keys is probably this one, in other letters or words."""
    others = (argument_for(other, [name]) for other in unknown)
    return bool(close_names(name, unknown)) or name in others


def _required(names: list[str], owner: str | None) -> MissingKey:
    if owner is not None:
        return MissingKey(f"{owner} requires {listed(names)}")
    return MissingKey(f"{listed(names)} {'is' if len(names) == 1 else 'are'} required")


def _problem(
    detail: ErrorDetails, loc: Path, keys_at: Callable[[Path], Iterable[str]], owner: str | None
) -> Problem:
    kind, context = detail["type"], detail.get("ctx", {})
    name = loc[-1] if loc else ""
    if kind == "problem":
        problem = context["problem"]
        assert isinstance(problem, Problem)
        return problem
    if kind == "extra_forbidden":
        inner = owner if owner is None or len(loc) == 1 else f"`{loc[-2]}`"
        return unknown_key(str(name), keys_at(loc[:-1]), inner)
    if kind in _RANGES:
        words, key = _RANGES[kind]
        value = shorten(str(detail["input"]))
        return OutOfRange(f"`{name}` must be {words} {context[key]:g}, not {value}")
    if kind in _LENGTHS:
        length = context.get("min_length", context.get("max_length"))
        plural = "character" if length == 1 else "characters"
        return OutOfRange(f"`{name}` must have {_LENGTHS[kind]} {length} {plural}")
    return _value_problem(detail, name, context)


def _value_problem(detail: ErrorDetails, name: object, context: Mapping[str, Any]) -> Problem:
    kind, value = detail["type"], detail["input"]
    if kind == "finite_number":
        return OutOfRange(f"`{name}` must be a finite number")
    if kind == "out_of_range":
        text = detail["msg"]
        return OutOfRange(text if text.startswith("`") else f"`{name}` must be {text}")
    if kind == "literal_error":
        return _no_choice(name, value, str(context["expected"]))
    is_list = isinstance(value, list | tuple) and kind != "int_type"  # where a list is wrong anyway
    items = value if is_list else (value,)
    symbolic = next((item for item in items if isinstance(item, Polynomial)), None)
    if symbolic is not None:
        wanted = "numbers" if is_list else "a number"
        return SymbolicValue(f"`{name}` must be {wanted}, and depends on a symbol: {symbolic}")
    wanted = _TYPES.get(kind, detail["msg"])
    if kind == "int_type" and isinstance(value, float):
        return _not_whole(name, value)
    text = f"`{name}` must be {wanted}, not {quoted(value)}"
    return WrongType(text, help=_element(value) if kind == "int_type" else None)


def _element(value: object) -> Remedy | None:
    """Say how one element of a list is taken: the first that is an integer, as the batch is not."""
    items = list(value) if isinstance(value, list | tuple) else []
    index = next((place for place, item in enumerate(items) if isinstance(item, int)), 0)
    text = f"take one element of the list, as `depths[{index}]` does"
    return Remedy(text, Element(index)) if items else None


def _no_choice(name: object, value: object, expected: str) -> Problem:
    texts = "'" in expected
    words = expected.replace("'", "`").replace("True", "`true`").replace("False", "`false`")
    if isinstance(value, str) is not texts:
        return WrongType(f"`{name}` must be {words}, not {quoted(value)}")
    match = close_match(str(value), expected.replace("'", "").replace(" or ", ", ").split(", "))
    return OutOfRange(f"`{name}` must be {words}, not `{shorten(str(value))}`", help=match)


def _not_whole(name: object, value: float) -> WrongType:
    text = f"`{name}` must be an integer, not {value}"
    if value.is_integer():
        return WrongType(text, help=Remedy(f"write `{int(value)}`", Value(str(int(value)))))
    functions = ("ceil",) if 0 < value < 1 else ("round", "floor")
    written = ", ".join(f"`{function}(…)`" for function in functions)
    ways = (Wrapped(f"{function}(", ")") for function in functions)
    return WrongType(text, help=Remedy(f"round it: {written}", *ways))


def unknown_key(name: str, keys: Iterable[str], owner: str | None = None) -> UnknownKey:
    """Say that a key is unknown, and which one is close to it."""
    names = list(keys)
    if owner is None:
        help = close_match(name, names) or f"known are {listed(sorted(names))}"
        return UnknownKey(f"`{shorten(name)}` is unknown here", help=help)
    text = f"{owner} has no argument `{shorten(name)}`"
    return UnknownKey(text, help=_argument_help(name, names))


def _argument_help(name: str, names: list[str]) -> str | None:
    """Say which argument is called otherwise in other frameworks, or why none is needed."""
    if name.isdigit():
        return "a list is written in brackets, as `[3, 3]` is"
    ours = argument_for(name, names)
    slip = [item for item in names if len(name) > 4 and slips(name, item) == 1]
    if slip:
        return did_you_mean(name, slip[0])
    if ours is not None:
        return Remedy(f"it is called `{ours}` here", Renamed(name, ours))
    match = close_match(name, names)
    if match is not None or plain(name) in APART:
        return match or APART[plain(name)]
    reason = UNNEEDED.get(plain(name))
    return Remedy(f"leave it out: {reason}", Without()) if reason else None
