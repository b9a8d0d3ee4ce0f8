"""What a plain scalar means: the closed schema of the language, near that of YAML 1.2."""

import re

from archspec.diagnostics import NumberTooLarge

LARGEST = 2**63 - 1
"""The largest whole number that a size or a count of a tensor can be."""

WORDS = {"": None, "~": None, "null": None, "true": True, "false": False}
"""The words that are no texts."""

_FIRST = frozenset("-.0123456789")
_INTEGER = re.compile(r"-?(?:0|[1-9][0-9_]*)")
_FLOAT = re.compile(r"-?(?:\.[0-9]+|(?:0|[1-9][0-9_]*)(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")


def resolve(text: str) -> str | int | float | bool | None:
    """Read a plain scalar: null, a truth value, a number, and else a string.

    >>> [resolve(text) for text in ("1_000", "1e-5", "true", "~", "017", "no")]
    [1000, 1e-05, True, None, '017', 'no']
    """
    if text in WORDS:
        return WORDS[text]
    if text[0] not in _FIRST:
        return text
    if _INTEGER.fullmatch(text):
        return _integer(text.replace("_", ""))
    if _FLOAT.fullmatch(text):
        return _float(text.replace("_", ""))
    return text


def is_integer(text: str) -> bool:
    """Tell whether a plain scalar is a whole number, however large.

    >>> is_integer("11"), is_integer("1.5")
    (True, False)
    """
    return _INTEGER.fullmatch(text) is not None


def _integer(digits: str) -> int:
    # The length goes first: Python refuses to convert thousands of digits.
    if len(digits) > 20 or abs(int(digits)) > LARGEST:
        count = len(digits.lstrip("-"))
        raise NumberTooLarge(f"a number of {count:,} digits is more than 2^63 - 1")
    return int(digits)


def _float(digits: str) -> float:
    value = float(digits)
    if abs(value) == float("inf"):
        raise NumberTooLarge("the number is larger than any floating-point number")
    return value
