"""Texts that are no expressions throughout: templates of names, and numbers written out."""

import re
from functools import lru_cache

from archspec.diagnostics import (
    BadName,
    OutOfRange,
    Problem,
    Remedy,
    Suggestion,
    SymbolicValue,
    Word,
    WrongType,
)
from archspec.expressions.evaluate import Scope, evaluate
from archspec.expressions.operators import described
from archspec.expressions.parse import Expression, parse, shorten
from archspec.sizes import Polynomial
from archspec.source import foreign_reading

# What a text says where a number or a truth value is wanted.

_NOT_FINITE = re.compile(r"[-+]?\.(?:nan|inf)", re.IGNORECASE)
_WITH_UNIT = re.compile(r"([0-9][0-9_.]*)\s*[A-Za-z]+")


def checked(raw: str) -> str:
    """Give a text back unless it is no expression but a number in the manner of other readers.

    >>> checked("2 * width")
    '2 * width'
    """
    if _NOT_FINITE.fullmatch(raw):
        raise OutOfRange(f"`{raw}` is no finite number")
    foreign = foreign_reading(raw)
    if foreign is not None:
        raise WrongType(
            f"`{shorten(raw)}` is a text here, not a number or truth value",
            notes=(foreign,),
            help=_plain(raw),
        )
    number = _WITH_UNIT.fullmatch(raw.strip())
    if number is not None:
        help = Remedy("leave the unit out", Word(raw, number[1]))
        raise WrongType(f"`{shorten(raw)}` is a text, not a number", help=help)
    return raw


def _plain(raw: str) -> str | None:
    """Say how a truth value is written."""
    truth = {"yes": "true", "on": "true", "true": "true"}
    truth |= {"no": "false", "off": "false", "false": "false"}
    word = truth.get(raw.lower())
    return Suggestion(f"write `{word}`", raw, word) if word else None


# Names and references with placeholders: `block{stage + 1}-{index}`.

_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@lru_cache(maxsize=4096)
def pieces(template: str) -> tuple[str | Expression, ...]:
    """Split a template into its texts and the expressions between braces.

    >>> [str(piece) for piece in pieces("up{index + 1}")]
    ['up', 'index + 1', '']
    """
    parts = _PLACEHOLDER.split(template)
    if any("{" in text or "}" in text for text in parts[::2]):
        raise BadName(f"`{template}` has a brace that is not closed")
    result: list[str | Expression] = []
    for number, part in enumerate(parts):
        result.append(parse(part) if number % 2 else part)
    return tuple(result)


def filled(template: str, scope: Scope) -> str:
    """Fill the placeholders in; each is an integer or a text.

    >>> filled("block{stage + 1}-{index}", Scope({"stage": 0, "index": 2}))
    'block1-2'
    """
    if "{" not in template and "}" not in template:
        return template
    return "".join(_text(template, piece, scope) for piece in pieces(template))


def _text(template: str, piece: str | Expression, scope: Scope) -> str:
    if isinstance(piece, str):
        return piece
    try:
        value = evaluate(piece, scope)
    except Problem as problem:
        problem.offset = None
        raise
    if isinstance(value, Polynomial):
        text = f"`{{{piece}}}` in `{template}` must be a number, and depends on a symbol: {value}"
        raise SymbolicValue(text)
    if isinstance(value, bool) or not isinstance(value, int | str):
        text = f"`{{{piece}}}` in `{template}` must be an integer or a text, not {described(value)}"
        raise WrongType(text)
    return str(value)
