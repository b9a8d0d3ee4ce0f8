"""The comments that allow what would be warned of: `# archspec: allow unread-layer  reason`."""

import re
from collections.abc import Iterator
from typing import NamedTuple

import yaml

from archspec.diagnostics import Span
from archspec.source.reader import FASTEST, mark_of, parse
from archspec.source.source import Mark, span_of

_COMMENT = re.compile(r"(?:^|(?<=\s))#\s*archspec:\s*allow(?=\s|$)(?P<rest>.*)")
_SLUGS = re.compile(r"\s*[a-z0-9-]+(?:\s*,\s*[a-z0-9-]+)*", re.IGNORECASE)
_SLUG = re.compile(r"[a-z0-9-]+", re.IGNORECASE)
_EMPTY = re.compile(r"\s*(?:#.*)?")


class Allowed(NamedTuple):
    """A warning that a comment allows on a line, counted from 1, and where its slug stands.

    Where a comment names none, the slug is empty.
    """

    slug: str
    line: int
    span: Span


def allowed(lines: tuple[str, ...]) -> tuple[Allowed, ...]:
    """Read the comments; one on a line of its own speaks of the next line that says something.

    >>> [(item.slug, item.line) for item in allowed(("# archspec: allow one, two", "a: 'b'"))]
    [('one', 2), ('two', 2)]
    """
    comments = [
        (number, match)
        for number, line in enumerate(lines)
        if "archspec" in line
        for match in _COMMENT.finditer(line)
    ]
    if not comments:
        return ()
    texts = tuple(_texts(lines))
    return tuple(
        item
        for number, match in comments
        if not any(_holds(text, number, match.start()) for text in texts)
        for item in _read(lines, number, match)
    )


def _texts(lines: tuple[str, ...]) -> Iterator[Mark]:
    """Tell where texts stand: what is in one is no comment."""
    for event in parse(lines, FASTEST):
        if isinstance(event, yaml.ScalarEvent):
            yield mark_of(event)


def _holds(mark: Mark, line: int, column: int) -> bool:
    return mark[:2] <= (line, column) < mark[2:]


def _read(lines: tuple[str, ...], number: int, match: re.Match[str]) -> Iterator[Allowed]:
    line = number if lines[number][: match.start()].strip() else _next(lines, number)
    slugs = _SLUGS.match(match["rest"])
    if slugs is None:
        yield Allowed("", line + 1, _span(number, match.start(), match.end("rest")))
        return
    start = match.start("rest")
    for slug in _SLUG.finditer(match["rest"], 0, slugs.end()):
        yield Allowed(slug[0], line + 1, _span(number, start + slug.start(), start + slug.end()))


def _next(lines: tuple[str, ...], number: int) -> int:
    for following in range(number + 1, len(lines)):
        if not _EMPTY.fullmatch(lines[following]):
            return following
    return number


def _span(number: int, start: int, end: int) -> Span:
    return span_of((number, start, number, end))
