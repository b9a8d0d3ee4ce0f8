"""The words of the language itself: keys, operations, arguments, choices, expressions."""

import re
from collections.abc import Iterator
from functools import cache

from archspec.expressions import FUNCTIONS
from archspec.schema import language_schema

_WORD = re.compile(r"[A-Za-z_]\w*")
_EXPRESSIONS = ("and", "or", "not", "if", "else", "true", "false", "none", "input", "index")
_SIZES = ("shape", "batch", "channels", "features")
_SYMBOLS = ("N", "C", "H", "W", "T")


@cache
def vocabulary() -> frozenset[str]:
    """Give all words that mean something in every spec, as its schema has them.

    >>> {"conv2d", "out_channels", "repeat", "fan_out", "round"} <= vocabulary()
    True
    """
    named = (word for text in _named(language_schema()) for word in _WORD.findall(text))
    return frozenset((*named, *FUNCTIONS, *_EXPRESSIONS, *_SIZES, *_SYMBOLS))


def _named(schema: object) -> Iterator[str]:
    """Give the keys and the choices of a schema; what names may not be is none."""
    if isinstance(schema, list):
        for item in schema:
            yield from _named(item)
    elif isinstance(schema, dict):
        properties = schema.get("properties")
        yield from properties if isinstance(properties, dict) else ()
        choices = (*_texts(schema.get("enum")), *_texts(schema.get("const")))
        yield from choices
        for key, item in schema.items():
            yield from _named(item) if key != "not" else ()


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]
