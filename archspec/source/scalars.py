"""What a plain scalar means here, near YAML 1.2, and what other readers would make of it."""

import re
from collections.abc import Callable

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


# --- what other readers make of a text that is a string here ------------------------------------

_TRUTH = {"true": True, "yes": True, "on": True, "false": False, "no": False, "off": False}
_DATE = re.compile(r"[0-9]{4}-[0-9]{1,2}-[0-9]{1,2}(?:[Tt\s].*)?")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_BASES = {"0x": 16, "0o": 8, "0b": 2}
_LONGEST = 40


def foreign_reading(text: str) -> str | None:
    """Tell what other YAML readers make of a plain scalar that is text here; `None` if text too.

    >>> foreign_reading("017")
    'other YAML readers make the number 15 of it'
    >>> foreign_reading("conv2d")
    """
    if not 0 < len(text) <= _LONGEST:
        return None
    for reading in _READINGS:
        found = reading(text)
        if found is not None:
            return f"other YAML readers make {found} of it"
    return None


def _word(text: str) -> str | None:
    lower = text.lower()
    if text not in (lower, lower.capitalize(), lower.upper()):
        return None
    if lower == "null":
        return "null"
    if lower not in _TRUTH or text in ("true", "false"):
        return None
    return f"the truth value `{str(_TRUTH[lower]).lower()}`"


def _special_number(text: str) -> str | None:
    if text in (".nan", ".NaN", ".NAN"):
        return "`nan`, which is no number,"
    return "infinity" if _INFINITY.fullmatch(text) else None


def _based(text: str) -> str | None:
    sign, digits = _signed(text)
    base = _BASES.get(digits[:2])
    if base is None:
        return None
    return _whole(sign, digits[2:], base)


def _leading_zero(text: str) -> str | None:
    sign, digits = _signed(text)
    if digits[:1] != "0" or not re.fullmatch(r"[0-9_]+", digits):
        return None
    return _whole(sign, digits, 8 if re.fullmatch(r"[0-7_]+", digits) else 10)


def _decimal(text: str) -> str | None:
    """Read a number with a sign or leading zeros, which the language does not have."""
    if not re.fullmatch(r"[-+]?[0-9][0-9_]*(?:\.[0-9_]*)?(?:[eE][-+]?[0-9]+)?", text):
        return None
    if text[0] != "+" and not re.match(r"-?0[0-9]", text):
        return None
    return f"the number {text.replace('_', '').lstrip('+')}"


def _base_sixty(text: str) -> str | None:
    sign, digits = _signed(text)
    if not re.fullmatch(r"[0-9][0-9_]*(?::[0-5]?[0-9])+", digits):
        return None
    value = 0
    for part in digits.replace("_", "").split(":"):
        value = 60 * value + int(part)
    return f"the number {sign * value}"


def _date(text: str) -> str | None:
    return "a date" if _DATE.fullmatch(text) else None


def _signed(text: str) -> tuple[int, str]:
    return (-1 if text[0] == "-" else 1), text.removeprefix("-").removeprefix("+")


def _whole(sign: int, digits: str, base: int) -> str | None:
    try:
        return f"the number {sign * int(digits.replace('_', ''), base)}"
    except ValueError:
        return None


_READINGS: tuple[Callable[[str], str | None], ...] = (
    *(_word, _special_number, _based, _leading_zero, _decimal, _base_sixty, _date),
)
