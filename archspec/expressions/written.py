"""What a text says where a number or a truth value is wanted."""

import re

from archspec.diagnostics import OutOfRange, Remedy, Suggestion, Word, WrongType
from archspec.expressions.parse import shorten
from archspec.source import foreign_reading

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
