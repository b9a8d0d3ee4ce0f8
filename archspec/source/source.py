"""A text that was read: its data, and where in the text each part of them stands."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path as Folder

from archspec.diagnostics import (
    Edit,
    Label,
    Path,
    Place,
    Problem,
    Span,
)
from archspec.source.edits import Written, edits_of
from archspec.source.slips import value_offset

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
