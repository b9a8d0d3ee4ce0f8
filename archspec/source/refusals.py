"""The words for what the reader understands and a spec may not say."""

import re

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
from archspec.source.slips import (
    as_list,
    element_of_list,
    is_cut,
    quoted,
    short,
)

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
    """Refuse `stride:2` and `conv:{op: relu}`, which YAML takes for one word."""
    key, _, value = written.partition(":")
    shown = f"{key}:" if value[:1] in ("{", "[") else short(written)
    return Syntax(
        f"a space is missing after the colon of `{shown}`",
        help=Remedy(f"write `{short(f'{key}: {value}')}`", Word(f"{key}:", f"{key}: ")),
    )


def tuple_of_python(text: str, key: str | None) -> Problem:
    """Refuse `(3, 3)`, which is a list in Python; `key` is whose value it is."""
    listed = as_list(text) or ""
    written = f"{key}: {listed}" if key else listed
    return ExpressionSyntax(
        f"a list stands in brackets, not in parentheses as `{short(text)}` does",
        help=Remedy(f"write `{short(written)}`", Value(listed)),
    )


def cut_expression(text: str, whole: str, around: str) -> Problem:
    """Refuse the part of an expression that stands before a comma or bracket.

    `around` is the bracket in which it stands.
    """
    taken = list_in_expression(whole)
    if taken is not None:
        return taken
    help: str = "close the parenthesis, and quote the whole"
    if is_cut(whole) and not re.search(r"\w\(", text):
        help = Remedy(f"close the parenthesis: `{short(text)})`", Word(text, f"{text})"))
    if not is_cut(whole):
        help = Remedy(f"quote it: {quoted(whole)}", Value(quoted(whole)))
    sign = whole[len(text) :].lstrip()[:1]
    culprit = f"`{sign}`" if sign in ("[", "{") else "comma"
    pair = "{}" if around == "{" else "[]"
    message = f"`{short(text)}` is cut off, as a {culprit} inside `{pair}` ends a value"
    return ExpressionSyntax(message, help=help)


def list_in_expression(whole: str) -> Problem | None:
    """Refuse an expression that takes an element of a list of its own; `None` if it does not."""
    taken = element_of_list(whole)
    if taken is None:
        return None
    element, value, rest = taken
    instead = f"`{value}`" if rest == value else f"`{value}` in its place: `{short(rest)}`"
    help = Remedy(f"write {instead}", Value(_plain(rest)))
    return ExpressionSyntax(f"an expression may not hold a list, as `{element}` does", help=help)


def _plain(expression: str) -> str:
    """Quote an expression where it could not stand in braces without."""
    return quoted(expression) if set(expression) & set("[]{},") else expression


def half_character() -> Problem:
    r"""Refuse an escape such as `\ud800`, which names half of a pair."""
    return Syntax("an escape sequence in this text names half a character")
