"""The words of a text: names within its keys and values, each with its place."""

import re
from collections.abc import Iterator
from typing import NamedTuple

from archspec.diagnostics import Path, Span
from archspec.source import Source
from archspec.source.source import Mark

PROSE = (("description",), ("reference",), ("source",))
"""The keys whose values are free text, in which no word is a name."""

_WORD = re.compile(r"[A-Za-z_]\w*")


class Word(NamedTuple):
    """A word, and where it stands."""

    text: str
    span: Span


def words(source: Source) -> tuple[Word, ...]:
    """List the words of a text that are names, in its order; comments and prose have none.

    >>> from archspec.source import read
    >>> [word.text for word in words(read("layers: [{op: relu}]  # all", "a.yaml"))]
    ['layers', 'op', 'relu']
    """
    around = {path[:-1] for path in source.values}
    found: set[Word] = set()
    for mark in source.keys.values():
        found.update(_within(source, mark))
    for path, mark in source.values.items():
        if path not in around and not _is_prose(path):
            found.update(_within(source, mark))
    return tuple(sorted(found, key=lambda word: word.span))


def _is_prose(path: Path) -> bool:
    return path == ("name",) or path[-1:] in PROSE


def _within(source: Source, mark: Mark) -> Iterator[Word]:
    line, column, end_line, end = mark
    for number in range(line, min(end_line + 1, len(source.lines))):
        text = source.lines[number]
        last = end if number == end_line else len(text)
        for match in _WORD.finditer(text, column if number == line else 0, last):
            place = Span(number + 1, match.start() + 1, number + 1, match.end() + 1)
            yield Word(match[0], place)
