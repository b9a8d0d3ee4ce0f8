"""Read YAML: from a text to data with the mark of every node, or to errors at their places."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path as Folder
from typing import Any

import yaml
from yaml import events as kinds

from archspec.diagnostics import (
    Label,
    LimitExceeded,
    NumberTooLarge,
    Path,
    Problem,
    SpecError,
    Syntax,
    YamlFeature,
)
from archspec.source import refusals
from archspec.source.scalars import WORDS, is_integer, resolve
from archspec.source.slips import as_list, is_cut, is_tuple, items_of, whole_expression
from archspec.source.source import Mark, Source, in_text, span_of
from archspec.source.syntax import explain
from archspec.source.text import DEFAULT, Limits, Stop, split

FASTEST: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, three times as fast as the other."""


def parse(lines: tuple[str, ...], loader: type[Any]) -> Iterator[yaml.Event]:
    """Give the events of a text one by one, so that a limit can end it at any of them.

    >>> len(list(parse(("a: 1",), FASTEST)))
    8
    """
    text = "\n".join(lines)
    last = None
    try:
        parser = loader(text)  # as `yaml.parse` does, which would be a generator in this one
        while event := parser.get_event():
            yield (last := event)
    except (ValueError, OverflowError):
        # The parser in pure Python calls `chr` with whatever an escape says.
        mark = (0, 0, 0, 1) if last is None else mark_of(last)
        raise Stop(Syntax("an escape sequence after this names no character"), mark) from None


# Events are `Any`: PyYAML's stubs let marks be missing, and no parser leaves them out.
def mark_of(event: Any) -> Mark:
    """Tell where an event stands."""
    start, end = event.start_mark, event.end_mark
    return start.line, start.column, end.line, end.column


class Budget:
    """Counts events and levels, those that an alias repeats included, and stops at a limit.

    `deepest` is the deepest level since it was last set.
    """

    def __init__(self, limits: Limits) -> None:
        self.events = 0
        self.depth = 0
        self.deepest = 0
        self._limits = limits

    def spend(self, events: int, event: yaml.Event) -> None:
        """Count events."""
        self.events += events
        if self.events > self._limits.events:
            most = f"{self._limits.events:,}"
            problem = LimitExceeded(
                f"the spec has more than {most} YAML events, with its aliases expanded"
            )
            raise Stop(problem, _first_character(event))

    def reach(self, levels: int, event: yaml.Event) -> None:
        """Check a depth so many levels below this one."""
        depth = self.depth + levels
        self.deepest = max(self.deepest, depth)
        if depth > self._limits.depth:
            problem = LimitExceeded(
                f"the spec is nested more than {self._limits.depth} levels deep"
            )
            raise Stop(problem, _first_character(event))


def _first_character(event: yaml.Event) -> Mark:
    line, column = mark_of(event)[:2]
    return line, column, line, column + 1


_PROSE = (("description",), ("reference",), ("source",))

BEGINS_WITHOUT_SPACE = re.compile(r"^(\s*(?:- +)*)([A-Za-z_][\w-]*):(?=[^\s:/])")
"""A line that begins with a key, and with no space behind its colon."""

_INSTEAD_OF_NUMBER = 1
"""What stands in the data for a number that is too large: it clashes with little."""

_LOST = -1
"""Where nodes stand that do not go into the data: an index that no list has."""


@dataclass(frozen=True, slots=True)
class _Anchor:
    """A value that aliases repeat: where it stands, how large and how deep it is."""

    path: Path
    value: object
    events: int
    height: int


class Reader:
    """Reads one document; what it finds on the way is in its attributes, also after a `Stop`.

    `values` and `keys` hold the mark of each path, `paths` leads from an alias to what it repeats,
    `opened` are the brackets that are open now, `cut_end` is where the last cut expression ends.
    """

    def __init__(self, lines: tuple[str, ...], limits: Limits) -> None:
        self.problems: list[Problem] = []
        self.values: dict[Path, Mark] = {}
        self.keys: dict[Path, Mark] = {}
        self.paths: dict[Path, Path] = {}
        self.opened: list[Mark] = []
        self._lines = lines
        self._budget = Budget(limits)
        self._events: Iterator[yaml.Event] = iter(())
        self._end = (0, 0)
        self.cut_end = (0, 0)
        self._anchors: dict[str, _Anchor | None] = {}

    def document(self, events: Iterator[yaml.Event]) -> object:
        """Read the only document of a text; the data of an empty text are `None`."""
        self._events = events
        self._take()
        if isinstance(self._take(), kinds.StreamEndEvent):
            return None
        data = self._node(self._take(), ())
        self._take()
        following = self._take()
        if isinstance(following, kinds.DocumentStartEvent):
            line, column = mark_of(following)[:2]
            raise Stop(refusals.second_document(), (line, column, line, column + 3))
        return data

    # Events are `Any`: in PyYAML's stubs they have no attributes in common.
    def _take(self) -> Any:
        event = next(self._events)
        self._budget.spend(1, event)
        return event

    def _report(self, problem: Problem, mark: Mark) -> None:
        self.problems.append(replace(problem, span=span_of(mark)))

    def _node(self, event: Any, path: Path) -> object:
        if isinstance(event, kinds.AliasEvent):
            return self._alias(event, path)
        if event.tag is not None:
            self._refuse_tag(event)
        if event.anchor is not None:
            return self._anchored(event, path)
        return self._content(event, path)

    def _content(self, event: Any, path: Path) -> object:
        if isinstance(event, kinds.ScalarEvent):
            return self._scalar(event, path)
        return self._collection(event, path)

    def _refuse_tag(self, event: Any) -> None:
        tag = refusals.plain_tag(event.tag)
        line, column = mark_of(event)[:2]
        column = max(self._lines[line].find(tag, column), column)
        self._report(refusals.tag(tag), (line, column, line, column + len(tag)))

    # --- anchors and aliases ----------------------------------------------------------------

    def _anchored(self, event: Any, path: Path) -> object:
        budget = self._budget
        before, deepest, budget.deepest = budget.events, budget.deepest, budget.depth
        self._anchors[event.anchor] = None
        value = self._content(event, path)
        size, height = budget.events - before + 1, budget.deepest - budget.depth
        self._anchors[event.anchor] = _Anchor(path, value, size, height)
        budget.deepest = max(deepest, budget.deepest)
        return value

    def _alias(self, event: yaml.AliasEvent, path: Path) -> object:
        mark, name = mark_of(event), str(event.anchor)
        anchor = self._anchors.get(name)
        if anchor is None:
            is_open = name in self._anchors
            refuse = refusals.circular_alias if is_open else refusals.unknown_alias
            raise Stop(refuse(name), mark)
        self._budget.spend(anchor.events - 1, event)
        self._budget.reach(anchor.height, event)
        self.values[path], self.paths[path] = mark, anchor.path
        self._end = mark[2:]
        return anchor.value

    # --- scalars ----------------------------------------------------------------------------

    def _scalar(self, event: yaml.ScalarEvent, path: Path) -> object:
        self.values[path] = mark = self._scalar_mark(event)
        text: str = event.value
        if event.style == '"' and any("\ud800" <= character <= "\udfff" for character in text):
            raise Stop(refusals.half_character(), mark)
        # libyaml gives plain scalars the style '', the parser in pure Python None.
        if event.style:
            return text
        if self.opened and is_cut(text) and mark[:2] >= self.cut_end:
            return self._cut(text, mark, path)
        if ":" in text and not self.opened:
            self._check_spaces(mark, path)
        if text[:1] == "(" and is_tuple(text) and not is_prose(path):
            return self._tuple(text, mark, path)
        return self._resolve(text, mark)

    def _check_spaces(self, mark: Mark, path: Path) -> None:
        """Refuse `stride:2` on a line of its own, which YAML takes for a text or a part of one."""
        if is_prose(path):
            return
        for line in range(mark[0], mark[2] + 1):
            begin = mark[1] if line == mark[0] else 0
            found = BEGINS_WITHOUT_SPACE.match(self._lines[line])
            if found is not None and found.start(2) >= begin:
                written = self._lines[line][found.start(2) :].split(" #")[0].strip()
                place = (line, found.start(2), line, found.start(2) + len(written))
                raise Stop(refusals.missing_space(written), place)

    def _scalar_mark(self, event: yaml.ScalarEvent) -> Mark:
        line, column, end_line, end_column = mark_of(event)
        if event.style in ("|", ">"):
            end_line, end_column = line, len(self._lines[line])
        if (line, column) != (end_line, end_column):
            self._end = (end_line, end_column)
        return line, column, end_line, end_column

    def _resolve(self, text: str, mark: Mark) -> object:
        try:
            return resolve(text)
        except NumberTooLarge as problem:
            self._report(problem, mark)
            return _INSTEAD_OF_NUMBER

    def _cut(self, text: str, mark: Mark, path: Path) -> object:
        """Read an expression as a whole although a comma has cut it; what follows is left out."""
        line, column = mark[:2]
        whole = whole_expression(self._lines[line][column:])
        self.cut_end = (line, column + len(whole))
        place = (line, column, *self.cut_end)
        if as_list(whole) is not None:
            return self._tuple(whole, place, path)
        opened = self.opened[-1]
        around = self._lines[opened[0]][opened[1] : opened[1] + 1]
        self._report(refusals.cut_expression(text, whole, around), place)
        return whole

    def _tuple(self, text: str, mark: Mark, path: Path) -> list[object]:
        """Report a tuple of Python, and read on as if a list stood there."""
        key = next((step for step in reversed(path) if isinstance(step, str)), None)
        self._report(refusals.tuple_of_python(text, key), mark)
        return self._items(items_of(text), mark)

    def _items(self, items: list[object], mark: Mark) -> list[object]:
        return [
            self._items(item, mark) if isinstance(item, list) else self._resolve(str(item), mark)
            for item in items
        ]

    def _is_cut_off(self, event: yaml.Event) -> bool:
        return mark_of(event)[:2] < self.cut_end

    # --- collections ------------------------------------------------------------------------

    def _collection(self, event: yaml.CollectionStartEvent, path: Path) -> object:
        mark = mark_of(event)
        self._budget.reach(1, event)
        self._budget.depth += 1
        if event.flow_style:
            self.opened.append(mark)
        is_mapping = isinstance(event, kinds.MappingStartEvent)
        data = self._mapping(path) if is_mapping else self._sequence(path)
        if event.flow_style:
            self.opened.pop()
        self._budget.depth -= 1
        self.values[path] = (*mark[:2], *self._end)
        return data

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        while not isinstance(event := self._take(), kinds.SequenceEndEvent):
            if self._is_cut_off(event):
                self._node(event, (*path, _LOST))
            else:
                items.append(self._node(event, (*path, len(items))))
        self._close(event)
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        data: dict[str, object] = {}
        while not isinstance(event := self._take(), kinds.MappingEndEvent):
            mark = mark_of(event)
            key = self._key(event, mark, path)
            if key is None:
                self._node(self._take(), (*path, _LOST))
            else:
                self._entry(event, mark, key, path, data)
        self._close(event)
        return data

    def _close(self, event: yaml.CollectionEndEvent) -> None:
        line, column, *end = mark_of(event)
        # The end of a block is only noticed at the next token; its last value is where it ends.
        if (line, column) != tuple(end):
            self._end = (end[0], end[1])

    def _entry(self, event: Any, mark: Mark, key: str, path: Path, data: dict[str, object]) -> None:
        inner = (*path, key)
        if key in data:
            first = Label(span_of(self.keys[inner]), "here first")
            self._report(replace(refusals.key_twice(key), related=(first,)), mark)
        self.keys[inner] = mark
        data[key] = self._node(self._take(), inner)
        if self.values[inner][:2] != self.values[inner][2:]:
            return
        # What is empty stands where its key does.
        self.values[inner] = mark
        if self.opened and ":" in key and not event.style:
            self._add_space(key, mark, path, data)

    def _add_space(self, written: str, mark: Mark, path: Path, data: dict[str, object]) -> None:
        """Report `{stride:2}`, and read on as if a space stood behind the colon."""
        self._report(refusals.missing_space(written), mark)
        key, _, text = written.partition(":")
        del data[written]
        data[key] = self._resolve(text, mark)
        self.keys[*path, key] = self.values[*path, key] = mark

    # --- keys -------------------------------------------------------------------------------

    def _key(self, event: Any, mark: Mark, path: Path) -> str | None:
        """Read a key; `None` for the rest of a cut expression, and, reported, for no key."""
        is_rest = mark[:2] < self.cut_end
        if not is_rest and _is_word(event):  # as most keys are
            self._end = mark[2:]
            return str(event.value)
        before = len(self.problems)
        value = self._node(event, (*path, _LOST))
        is_plain = isinstance(event, kinds.ScalarEvent) and not event.style
        if is_plain and re.match(r"[\w.-]+:[{\[]", event.value):
            written = self._lines[mark[0]][mark[1] :].split(" #")[0].strip()
            raise Stop(refusals.missing_space(written), mark)
        if is_rest:
            return None
        if is_plain and event.value == "<<":
            self._report(refusals.merge_key(), mark)
            return None
        if is_plain and is_integer(event.value):
            return str(event.value)
        if isinstance(value, str):
            return value
        if len(self.problems) == before:
            line, column, end_line, end_column = mark
            written = self._lines[line][column:end_column] if line == end_line else ""
            self._report(refusals.key_type(value, written), mark)
        return str(event.value) if is_plain and event.value else None


def is_prose(path: Path) -> bool:
    """Say whether the value of a key is free text, in which no colon and no word means anything.

    >>> is_prose(("layers", "conv", "label")), is_prose(("layers", "label"))
    (True, False)
    """
    if path[-1:] == ("label",):  # a key of a layer; a layer or an output may have that name, too
        return "layers" in path[:-2] and path[-2] not in ("layers", "outputs")
    return path[-1:] in _PROSE or path == ("name",)


def _is_word(event: Any) -> bool:
    """Say whether an event is a plain text of which nothing else could be meant."""
    plain = isinstance(event, kinds.ScalarEvent) and not event.style
    bare = plain and event.tag is None and event.anchor is None
    return bare and event.value.isidentifier() and event.value not in WORDS


def read(
    text: str | bytes,
    name: str,
    limits: Limits = DEFAULT,
    *,
    folder: Folder | None = None,
    loader: type[Any] = FASTEST,
) -> Source:
    """Read one document; errors that do not stop the reader are in the source, others are raised.

    `folder` is where the files stand that it may name; without one it may name shipped specs.

    >>> read("conv1: {op: conv2d, kernel_size: 7}", "net.yaml").data
    {'conv1': {'op': 'conv2d', 'kernel_size': 7}}
    """
    lines = split(text, name, limits)
    reader = Reader(lines, limits)
    try:
        _refuse_directive(lines)
        data = reader.document(parse(lines, loader))
    except (Stop, yaml.MarkedYAMLError) as error:
        stop = error if isinstance(error, Stop) else explain(error, lines, reader.opened)
        raise SpecError(in_text(item, name, lines) for item in _with(stop, reader)) from None
    diagnostics = tuple(in_text(item, name, lines) for item in reader.problems)
    marks = (reader.values, reader.keys, reader.paths)
    return Source(name, lines, data, diagnostics, *marks, folder)


def read_value(text: str, name: str) -> object:
    """Read one value of the command line, by the same rules as a spec.

    >>> read_value("[3, 4, 23, 3]", "--set depths")
    [3, 4, 23, 3]
    """
    source = read(text, name)
    if source.diagnostics:
        raise SpecError(source.diagnostics)
    return source.data


def _with(stop: Stop, reader: Reader) -> list[Problem]:
    """Add the last problem, unless it is but the rest of an expression that a comma cut."""
    span = stop.problem.span
    assert span is not None
    if (span.line - 1, span.column - 1) < reader.cut_end:
        return reader.problems
    return [*reader.problems, stop.problem]


def _refuse_directive(lines: tuple[str, ...]) -> None:
    """Refuse `%YAML` and `%TAG`, which may only stand before the document."""
    for number, line in enumerate(lines):
        if line.startswith("%"):
            problem = YamlFeature(
                "a line that begins with `%` is a YAML directive, and a spec has none"
            )
            raise Stop(problem, (number, 0, number, len(line)))
        if line.strip() and not line.lstrip().startswith("#"):
            return
