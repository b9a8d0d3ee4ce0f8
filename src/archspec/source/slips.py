"""What was probably meant where the text says something else."""

import re

_CLOSING = {")": "(", "]": "[", "}": "{"}
_LONGEST = 80
_ANCHOR_OR_TAG = re.compile(r"(?:[&!]\S*\s+)*")


def whole_expression(text: str) -> str:
    """Take the expression at the start of a text, with the commas and brackets inside it.

    >>> whole_expression("min(a, b), stride: 2}")
    'min(a, b)'
    >>> whole_expression("depths[0]}")
    'depths[0]'
    """
    opened: list[str] = []
    for position, character in enumerate(text):
        if character in "([{":
            opened.append(character)
        elif _ends(character, opened) or text.startswith(" #", position):
            return text[:position].strip()
    return text.strip()


def _ends(character: str, opened: list[str]) -> bool:
    """Tell whether a value ends here; the bracket that a character closes is taken off."""
    if character == ",":
        return not opened
    if character not in _CLOSING:
        return False
    return not opened or opened.pop() != _CLOSING[character]


def is_cut(text: str) -> bool:
    """Tell whether a plain value has an open parenthesis: then a comma has cut it off.

    >>> is_cut("min(a"), is_cut("min(a)")
    (True, False)
    """
    return text.count("(") > text.count(")")


def short(text: str) -> str:
    """Shorten a text that stands in a message, which is one line.

    >>> short("a" * 100)[-3:]
    'aa…'
    """
    text = text.replace("\n", " ")
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def quoted(text: str) -> str:
    """Put a text in the quotes that need no escape.

    >>> quoted("min(a, b)")
    '"min(a, b)"'
    """
    text = short(text)
    plain = '"' not in text and "\\" not in text
    return f'"{text}"' if plain else "'" + text.replace("'", "''") + "'"


def value_offset(written: str) -> int | None:
    r"""Find where a value begins in what is written for it, or `None` where it is escaped.

    >>> value_offset('"a + b"'), value_offset("&width a + b"), value_offset(r'"a\tb"')
    (1, 7, None)
    """
    prefix = _ANCHOR_OR_TAG.match(written)
    start = prefix.end() if prefix else 0
    body = written[start:]
    if body[:1] not in ("'", '"'):
        return start
    escaped = "\\" in body if body[0] == '"' else "''" in body[1:-1]
    return None if escaped else start + 1
