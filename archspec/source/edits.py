"""The changes of a text that mend a problem, where its help says how."""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from archspec.diagnostics import (
    Above,
    Change,
    Edit,
    Element,
    Entry,
    Instead,
    Line,
    Path,
    Place,
    Problem,
    Projection,
    Remedy,
    Renamed,
    Span,
    Suggestion,
    Value,
    Without,
    Word,
    Wrapped,
)
from archspec.source.slips import quoted

Mark = tuple[int, int, int, int]


def edits_of(
    problem: Problem,
    place: Place,
    span: Span,
    lines: tuple[str, ...],
    values: Mapping[Path, Mark],
) -> tuple[Edit, ...]:
    """Give the changes that a problem's help asks for; none where they are not certain."""
    if isinstance(problem.help, Suggestion):
        edit = word(lines, span, problem.help.old, problem.help.new)
        return () if edit is None else (edit,)
    if isinstance(problem.help, Projection):
        return _projected(problem.help, place, span, lines, values)
    return ()


def word(lines: tuple[str, ...], span: Span, old: str, new: str) -> Edit | None:
    """Put one word in the place of another that stands where the problem is."""
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    found = _pattern(old).search(line, span.column - 1)
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    if found is None or found.start() >= max(end, span.column):
        return None
    return Edit(Span(span.line, found.start() + 1, span.line, found.end() + 1), new)


def _pattern(text: str) -> re.Pattern[str]:
    """Look for a text that is no part of a longer word; one of other signs stands anywhere."""
    before = r"(?<![\w-])" if re.match(r"\w", text) else ""
    behind = r"(?![\w-])" if re.search(r"\w$", text) else ""
    return re.compile(f"{before}{re.escape(text)}{behind}")


def _projected(
    help: Projection,
    place: Place,
    span: Span,
    lines: tuple[str, ...],
    values: Mapping[Path, Mark],
) -> tuple[Edit, ...]:
    """Put a layer on a line of its own above the one that reads it, and let that read it."""
    name = f"{help.reads}_projection"
    indent = lines[span.line - 1][: span.column - 1]
    body = place.path[:-1]
    reads = values.get((*place.path, "from"))
    taken = any(path[:-1] == body and path[-1] == name for path in values)
    if reads is None or taken or indent.strip() or isinstance(place.path[-1], int):
        return ()
    line, column, _, _ = reads
    changed = word(lines, Span(line + 1, column + 1, line + 2, 1), help.reads, name)
    if changed is None:
        return ()
    above = Span(span.line, 1, span.line, 1)
    return (Edit(above, f"{indent}{name}: {help.layer}\n"), changed)


_FORMS = frozenset(["op", "block", "layers", "share", "spec"])


@dataclass(frozen=True, slots=True)
class Written:
    """A problem's span, and the text around it: its data, and the mark of each value and key."""

    lines: tuple[str, ...]
    span: Span
    path: Path = ()
    data: object = None
    values: Mapping[Path, Mark] = field(default_factory=dict)
    keys: Mapping[Path, Mark] = field(default_factory=dict)

    def ways(self, help: str | None) -> tuple[tuple[Edit, ...], ...]:
        """Give the edits of each way that a help names; of one that cannot be written, none."""
        ways = help.ways if isinstance(help, Remedy) else ()
        if isinstance(help, Suggestion):
            ways = ((Word(help.old, help.new),),)
        made = (tuple(self._edit(change) for change in way) for way in ways)
        whole = (tuple(edit for edit in way if edit is not None) for way in made if None not in way)
        return tuple(dict.fromkeys(whole))

    def _edit(self, change: Change) -> Edit | None:
        match change:
            case Value(text):
                return Edit(self.span, text) if self._is_here() else None
            case Word(old, new):
                return self._word(old, new)
            case Line(old, new):
                return word(self.lines, self._line_of(), old, new)
            case Wrapped(before, behind):
                return self._wrapped(before, behind)
            case Element(index):
                return self._element(index)
            case Instead(layer):
                mark = self.values.get(self._layer())
                return None if mark is None else Edit(_span(mark), layer)
            case Entry(key, text):
                return self._entry(key, text)
            case Renamed(old, new):
                return self._renamed(old, new)
            case Without(key):
                return self._without((*self._layer(), key) if key else self.path)
            case Above(name, layer):
                return self._above(name, layer)

    def _word(self, old: str, new: str) -> Edit | None:
        """Put a word in the place of another, in the value if it is not in the key.

        What may not stand in braces without quotes gets them, around the whole value.
        """
        edit = word(self.lines, self.span, old, new)
        mark = self.values.get(self.path)
        if edit is None and mark is not None:
            edit = word(self.lines, _span(mark), old, new)
        if edit is None or mark is None or mark[0] != mark[2] or not set(new) & set("[]{},"):
            return edit
        line, start, _, end = mark
        first, last = edit.span.column - 1, edit.span.end_column - 1
        text = self.lines[line]
        if text[start] in ("'", '"') or not start <= first <= last <= end:
            return edit
        return Edit(_span(mark), quoted(text[start:first] + new + text[last:end]))

    def _line_of(self) -> Span:
        line = self.span.line
        return Span(line, 1, line, len(self.lines[line - 1]) + 1)

    def _text(self) -> str:
        """Give what stands in the span, without quotes around it."""
        first = self.lines[self.span.line - 1]
        if self.span.line != self.span.end_line:
            return ""
        text = first[self.span.column - 1 : self.span.end_column - 1]
        return text[1:-1] if text[:1] in ("'", '"') else text

    def _wrapped(self, before: str, behind: str) -> Edit | None:
        text = self._text()
        if not text or not self._is_here() or '"' in text or "\\" in text:
            return None
        return Edit(self.span, f'"{before}{text}{behind}"')

    def _element(self, index: int) -> Edit | None:
        if not isinstance(self._at(self.path), list):
            return self._wrapped("", f"[{index}]")
        mark = self.values.get((*self.path, index))
        if mark is None or mark[0] != mark[2]:
            return None
        return Edit(self.span, self.lines[mark[0]][mark[1] : mark[3]])

    def _is_here(self) -> bool:
        """Say whether the span is that of the place itself, and not of an alias around it."""
        return self.data is None or self.path in self.values or self.path in self.keys

    def _layer(self) -> Path:
        """Find the layer in which the problem stands; `()` where it stands in none."""
        found = (path for path in self._around() if self._is_layer(path))
        return next(found, ())

    def _around(self) -> Iterator[Path]:
        return (self.path[:length] for length in range(len(self.path), 0, -1))

    def _is_layer(self, path: Path) -> bool:
        data = self._at(path)
        if isinstance(data, dict):
            return not _FORMS.isdisjoint(data) and "layers" in path[:-1]
        return isinstance(data, str) and path[-2:-1] == ("layers",)

    def _at(self, path: Path) -> object:
        data = self.data
        for step in path:
            if isinstance(data, dict):
                data = data.get(step)
            elif isinstance(data, list) and isinstance(step, int) and step < len(data):
                data = data[step]
            else:
                return None
        return data

    def _entry(self, key: str, text: str) -> Edit | None:
        """Give a layer an entry: in the place of its own, else behind the others."""
        layer = self._layer()
        mark = self.values.get(layer)
        if mark is None:
            return None
        if isinstance(self._at(layer), str):
            return Edit(_span(mark), f"{{op: {self._at(layer)}, {key}: {text}}}")
        if (*layer, key) in self.keys:
            return Edit(_span(self.values[*layer, key]), text)
        if self._starts(mark, "{"):
            end = Span(mark[2] + 1, mark[3], mark[2] + 1, mark[3])
            return Edit(end, f", {key}: {text}")
        return self._line(layer, f"{key}: {text}")

    def _line(self, mapping: Path, text: str) -> Edit | None:
        """Put a line in front of the second entry of a mapping, or behind the only one."""
        entries = self._entries(mapping)
        if not entries:
            return None
        first, *more = entries
        column = self.keys[first][1]
        if more:
            start = self.keys[more[0]]
            return Edit(_start(start), f"{text}\n{' ' * start[1]}")
        _, _, end, last = self.values[first]
        return Edit(Span(end + 1, last + 1, end + 1, last + 1), f"\n{' ' * column}{text}")

    def _entries(self, mapping: Path) -> list[Path]:
        """List the entries of a mapping, as they are written."""
        own = [path for path in self.keys if path[:-1] == mapping]
        return sorted(own, key=lambda path: self.keys[path])

    def _without(self, path: Path) -> Edit | None:
        """Take an entry away, with what parts it from the next one, or from the one before."""
        entries = self._entries(path[:-1])
        if path not in entries or len(entries) < 2:
            return None
        place = entries.index(path)
        start, end = self.keys[path][:2], self.values[path][2:]
        if place + 1 < len(entries):
            end = self.keys[entries[place + 1]][:2]
        else:
            start = self.values[entries[place - 1]][2:]
        return Edit(Span(start[0] + 1, start[1] + 1, end[0] + 1, end[1] + 1), "")

    def _renamed(self, old: str, new: str) -> Edit | None:
        mark = self.keys.get((*self._layer(), old))
        taken = (*self._layer(), new) in self.keys
        return None if mark is None or taken else Edit(_span(mark), new)

    def _above(self, name: str, layer: str) -> Edit | None:
        path = self._layer()
        mark = self.keys.get(path)
        if mark is None or (*path[:-1], name) in self.keys:
            return None
        indent = self.lines[mark[0]][: mark[1]]
        if indent.strip():
            return None
        return Edit(Span(mark[0] + 1, 1, mark[0] + 1, 1), f"{indent}{name}: {layer}\n")

    def _starts(self, mark: Mark, text: str) -> bool:
        return self.lines[mark[0]].startswith(text, mark[1])


def _span(mark: Mark) -> Span:
    line, column, end_line, end_column = mark
    return Span(line + 1, column + 1, end_line + 1, end_column + 1)


def _start(mark: Mark) -> Span:
    return Span(mark[0] + 1, mark[1] + 1, mark[0] + 1, mark[1] + 1)
