"""A text that was read: its data, and where in the text each part of them stands."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as Folder

from archspec.diagnostics import (
    DuplicateKey,
    Edit,
    ExpressionSyntax,
    Label,
    Path,
    Place,
    Problem,
    Remedy,
    Span,
    Syntax,
    Value,
    Word,
    WrongType,
    YamlFeature,
)
from archspec.source.edits import (
    Written,
    as_list,
    edits_of,
    element_of_list,
    is_cut,
    quoted,
    short,
    value_offset,
)

# The words for what the reader understands and a spec may not say.

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


Mark = tuple[int, int, int, int]
"""First line and column, last line and the column behind it, all counted from 0."""


@dataclass(frozen=True, eq=False)
class Source:
    """The data of a text with the mark of every node, and the errors that did not stop the reader.

    `anchors` leads from the path of an alias to the path of the value that it repeats. `folder` is
    where the files stand that the text may name.
    """

    name: str
    lines: tuple[str, ...] = field(repr=False)
    data: object
    diagnostics: tuple[Problem, ...] = ()
    values: Mapping[Path, Mark] = field(default_factory=dict, repr=False)
    keys: Mapping[Path, Mark] = field(default_factory=dict, repr=False)
    anchors: Mapping[Path, Path] = field(default_factory=dict, repr=False)
    folder: Folder | None = field(default=None, repr=False)

    def span(self, place: Place) -> Span:
        """Find a place in the text; what is not there stands where the nearest node around it does.

        >>> values = {("a",): (0, 3, 0, 9)}
        >>> source = Source("net.yaml", ("a: {b: 1}",), {"a": {"b": 1}}, values=values)
        >>> source.span(Place(("a", "missing")))
        Span(line=1, column=4, end_line=1, end_column=10)
        """
        mark = self._mark(place)
        if place.offset is None:
            return span_of(mark)
        return span_of(_character(mark, self.lines, place.offset))

    def located(self, problem: Problem) -> Problem:
        """Find a problem, and what is near it, in this text, and the changes that mend it there."""
        labels = tuple(Label(self.span(place), text) for place, text in problem.nearby)
        if problem.place is None:
            return replace(problem, file=self.name, lines=self.lines, related=labels)
        span, place = self.span(problem.place), problem.place
        edits = edits_of(problem, place, span, self.lines, self.values)
        return replace(
            problem,
            file=self.name,
            lines=self.lines,
            span=span,
            related=labels,
            edits=edits,
            alternatives=() if edits else self._ways(problem, place),
        )

    def _ways(self, problem: Problem, place: Place) -> tuple[tuple[Edit, ...], ...]:
        span = self.span(replace(place, offset=None))
        written = Written(self.lines, span, place.path, self.data, self.values, self.keys)
        return written.ways(problem.help)

    def _mark(self, place: Place) -> Mark:
        path = place.path
        while path and path not in self.values:
            path = self._outwards(path)
        is_itself = path[-1:] == place.path[-1:]
        if place.key and is_itself and path in self.keys:
            return self.keys[path]
        return self.values.get(path, (0, 0, 0, 0))

    def _outwards(self, path: Path) -> Path:
        """Go to the same node below the anchor repeated here, else to the node around it."""
        for length in range(len(path) - 1, 0, -1):
            anchor = self.anchors.get(path[:length])
            if anchor is not None and anchor + path[length:] in self.values:
                return anchor + path[length:]
        return path[:-1]


def span_of(mark: Mark) -> Span:
    """Count from 1, as people and editors do.

    >>> span_of((0, 3, 0, 9))
    Span(line=1, column=4, end_line=1, end_column=10)
    """
    line, column, end_line, end_column = mark
    return Span(line + 1, column + 1, end_line + 1, end_column + 1)


def in_text(problem: Problem, name: str, lines: tuple[str, ...]) -> Problem:
    """Add the text to a problem whose span is known already, and the ways that mend it there."""
    ways = () if problem.span is None else Written(lines, problem.span).ways(problem.help)
    return replace(problem, file=name, lines=lines, alternatives=ways)


def _character(mark: Mark, lines: tuple[str, ...], offset: int) -> Mark:
    line, column, end_line, end_column = mark
    if line != end_line or line >= len(lines):
        return mark
    start = value_offset(lines[line][column:end_column])
    if start is None:
        return mark
    column = min(column + start + offset, end_column)
    return line, column, line, column + 1
