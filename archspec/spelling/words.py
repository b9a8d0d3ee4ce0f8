"""The words of a text: names within its keys and values, each with its place."""

import re
from typing import NamedTuple

from archspec.diagnostics import Path, Span
from archspec.source import Source
from archspec.source.source import Mark
from archspec.spelling.kinds import LAYER, Kinds, kinds_of_key, kinds_of_value

PROSE = (("description",), ("reference",), ("source",))
"""The keys whose values are free text, in which no word is a name."""

_BODY = frozenset(["layers", "outputs", "order"])
"""The keys of a body under which its layers stand or are named."""

_WORD = re.compile(r"[A-Za-z_]\w*")


class Word(NamedTuple):
    """A word, and where it stands: in the text, in the data, and among which kinds of names."""

    text: str
    span: Span
    path: Path
    key: bool
    kinds: Kinds

    @property
    def reads(self) -> bool:
        """Whether it names a layer that is read where it stands."""
        return not self.key and self.kinds is LAYER and not _BODY.isdisjoint(self.path)

    @property
    def is_batch(self) -> bool:
        """Whether it is the first size of a shape, which is the batch."""
        shape = self.path[:1] in (("input",), ("inputs",)) or "expect" in self.path[:-1]
        return shape and self.path[-1:] == (0,) and not self.key

    def beside(self, name: str) -> Path:
        """Say where a layer of this name stands in the body in which the word does."""
        last = max(at for at, step in enumerate(self.path) if step in _BODY)
        return (*self.path[:last], "layers", name)

    def renamed(self, text: str) -> Path:
        """Say where it stands in the data with another text: below another key, where it is one."""
        if not self.key:
            return self.path
        return (*self.path[:-1], str(self.path[-1]).replace(self.text, text, 1))


def words(source: Source) -> tuple[Word, ...]:
    """List the words of a text that are names, in its order; comments and prose have none.

    >>> from archspec.source import read
    >>> [word.text for word in words(read("layers: [{op: relu}]  # all", "a.yaml"))]
    ['layers', 'op', 'relu']
    """
    around = {path[:-1] for path in source.values}
    found: dict[Span, Word] = {}
    for path, mark in source.values.items():
        if path not in around and not _is_prose(path):
            found |= _within(source, mark, path, key=False)
    for path, mark in source.keys.items():  # some of which stand among the values, too
        found |= _within(source, mark, path, key=True)
    return tuple(sorted(found.values(), key=lambda word: word.span))


def _is_prose(path: Path) -> bool:
    return path == ("name",) or path[-1:] in PROSE


def _within(source: Source, mark: Mark, path: Path, *, key: bool) -> dict[Span, Word]:
    line, column, end_line, end = mark
    found = {}
    for number in range(line, min(end_line + 1, len(source.lines))):
        text = source.lines[number]
        first, last = column if number == line else 0, end if number == end_line else len(text)
        for match in _WORD.finditer(text, first, last):
            before, behind = text[first : match.start()], text[match.end() : last]
            braced = before.rfind("{") > before.rfind("}")
            plain = key and not braced
            kinds = kinds_of_key(path) if plain else kinds_of_value(path, before, behind)
            span = Span(number + 1, match.start() + 1, number + 1, match.end() + 1)
            found[span] = Word(match[0], span, path, key, kinds)
    return found
