"""The words for what the reader understands and a spec may not say."""

from archspec.diagnostics import (
    DuplicateKey,
    ExpressionSyntax,
    Problem,
    Remedy,
    Syntax,
    Value,
    Word,
    WrongType,
    YamlFeature,
)
from archspec.source.slips import is_cut, quoted, short

_STANDARD_TAG = "tag:yaml.org,2002:"
_KINDS = {bool: "a truth value", float: "a number", list: "a list", dict: "a mapping"}


def plain_tag(tag: str) -> str:
    """Write a tag as it stands in the text.

    >>> plain_tag("tag:yaml.org,2002:int")
    '!!int'
    """
    return tag.replace(_STANDARD_TAG, "!!")


def tag(written: str) -> Problem:
    """Refuse a tag."""
    return YamlFeature(
        f"`{short(written)}` is a YAML tag, and a spec has none",
        help=Remedy(
            "leave it out, or quote the text that begins with `!`", Word(f"{written} ", "")
        ),
    )


def merge_key() -> Problem:
    """Refuse `<<`."""
    return YamlFeature(
        "`<<` is a YAML merge key, and a spec has none",
        help="write what layers share as a block with `params`",
    )


def second_document() -> Problem:
    """Refuse another `---`."""
    return YamlFeature("a spec is one document, and a second one begins here")


def circular_alias(name: str) -> Problem:
    """Refuse a value that would hold itself."""
    return YamlFeature(f"`*{short(name)}` stands inside the value that `&{short(name)}` names")


def unknown_alias(name: str) -> Problem:
    """Refuse an alias without an anchor."""
    return Syntax(
        f"`*{short(name)}` repeats `&{short(name)}`, which does not stand above it",
        help=Remedy("put a text that begins with `*` in quotes", Value(quoted(f"*{name}"))),
    )


def key_twice(key: str) -> Problem:
    """Refuse a key for the second time."""
    return DuplicateKey(f"`{short(key)}` is written twice", label="here again")


def key_type(value: object, written: str) -> Problem:
    """Refuse a key that is no text."""
    if value is None and not written:
        return WrongType("a key is missing before the colon")
    kind = _KINDS.get(type(value), "null")
    if isinstance(value, list | dict):
        return WrongType(f"a key must be a text, and this one is {kind}")
    return WrongType(
        f"a key must be a text, and `{short(written)}` is {kind}",
        help=Remedy(f"quote it: {quoted(written)}", Value(quoted(written))),
    )


def missing_space(written: str) -> Problem:
    """Refuse `stride:2` inside braces, which YAML takes for one word."""
    key, _, value = written.partition(":")
    return Syntax(
        f"a space is missing after the colon of `{short(written)}`",
        help=Remedy(f"write `{short(f'{key}: {value}')}`", Value(f"{key}: {value}")),
    )


def cut_expression(text: str, whole: str) -> Problem:
    """Refuse the part of an expression that stands before its comma."""
    help = "close the parenthesis, and quote the whole"
    if not is_cut(whole):
        help = f"quote it: {quoted(whole)}"
    return ExpressionSyntax(
        f"`{short(text)}` is cut off, as a comma inside `{{}}` or `[]` ends a value", help=help
    )


def half_character() -> Problem:
    r"""Refuse an escape such as `\ud800`, which names half of a pair."""
    return Syntax("an escape sequence in this text names half a character")
