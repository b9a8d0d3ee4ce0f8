"""The entries of a text: keys with their values and items of lists, as they can be taken out."""

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from typing import Any

import yaml

from archspec.diagnostics import Path
from archspec.source.reader import FASTEST

Stretch = tuple[int, int]
"""From one character to before another."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A key with its value, or an item of a list, and what goes with it where it is taken out.

    `whole` is that: a comma of a flow collection, the lines of a block. `scalar` is the text of a
    value that is no collection.
    """

    path: Path
    own: Stretch
    value: Stretch
    whole: Stretch
    keyed: bool
    scalar: str | None


def entries(text: str) -> tuple[Entry, ...]:
    """List the entries of all mappings and lists, outer ones first.

    >>> found = entries("layers: {a: relu, b: {op: cat, from: [a, a]}}")
    >>> ["".join(map(str, item.path)) for item in found]
    ['layers', 'layersa', 'layersb', 'layersbop', 'layersbfrom', 'layersbfrom0', 'layersbfrom1']
    """
    lines = text.splitlines(keepends=True)
    reader = _Reader(text, (0, *accumulate(len(line) for line in lines)))
    return tuple(reader.below(yaml.compose(text, FASTEST), ()))


@dataclass(frozen=True, slots=True)
class _Reader:
    text: str
    lines: tuple[int, ...]

    def below(self, node: Any, path: Path) -> Iterator[Entry]:
        """Give the entries of a collection, and of what is in it."""
        pairs = self.pairs(node)
        owns = [(self.at(first.start_mark), self.end(value)) for _, first, value in pairs]
        for number, (key, first, value) in enumerate(pairs):
            below = (*path, key)
            keyed = first is not value
            whole = self.flow(owns, number) if node.flow_style else self.block(*owns[number], keyed)
            scalar = value.value if isinstance(value, yaml.ScalarNode) else None
            stretch = (self.at(value.start_mark), self.end(value))
            if whole is not None:
                yield Entry(below, owns[number], stretch, whole, keyed, scalar)
            if scalar is None:
                yield from self.below(value, below)

    def pairs(self, node: Any) -> list[tuple[Any, Any, Any]]:
        """Give each entry's step, the node with which it begins, and its value."""
        if isinstance(node, yaml.SequenceNode):
            return [(number, item, item) for number, item in enumerate(node.value)]
        return [(key.value, key, value) for key, value in node.value]

    def at(self, mark: Any) -> int:
        place: int = self.lines[mark.line] + mark.column
        return min(place, len(self.text))

    def end(self, node: Any) -> int:
        """Say where a node ends; a block ends with its last word, whatever follows."""
        end = self.at(node.end_mark)
        if isinstance(node, yaml.ScalarNode) or node.flow_style or not node.value:
            return end
        return self.end(self.pairs(node)[-1][2])

    def flow(self, owns: list[Stretch], number: int) -> Stretch:
        """Take an entry out with the comma behind it, the last one with the comma before it."""
        start, end = owns[number]
        if number + 1 < len(owns):
            return start, owns[number + 1][0]
        return (owns[number - 1][1], end) if number else (start, end)

    def block(self, start: int, end: int, keyed: bool) -> Stretch | None:
        """Take an entry out with its lines; `None` where it shares its first line with another."""
        first = self.text.rfind("\n", 0, start) + 1
        last = self.text.find("\n", end) + 1 or len(self.text)
        before = self.text[first:start].replace(" ", "")
        return (first, last) if before == ("" if keyed else "-") else None


def neighbours(found: tuple[Entry, ...]) -> list[tuple[Entry, Entry]]:
    """List the entries that follow each other in the same mapping."""
    groups: dict[Path, list[Entry]] = {}
    for item in found:
        if item.keyed:
            groups.setdefault(item.path[:-1], []).append(item)
    return [pair for group in groups.values() for pair in pairwise(group)]
