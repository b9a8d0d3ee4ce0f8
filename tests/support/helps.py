"""Apply each help of each message by its edits, and see what is told afterwards."""

import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from archspec.diagnostics import Edit, Problem, SpecError
from archspec.diagnostics.explanation import explanation, problems
from archspec.pipeline import Settings, check
from archspec.source import applied, read
from support.command_line import settings_of
from support.paths import GOLDEN

FOLDERS = ("bad", "warnings", "door")


@dataclass(frozen=True)
class Told:
    """A message of a text, with all that is told of that text, and the settings of its check."""

    origin: str
    path: Path
    text: str
    item: Problem
    every: tuple[Problem, ...]
    settings: Settings

    @property
    def ways(self) -> tuple[tuple[Edit, ...], ...]:
        """Give the edits of each way in which its help mends it."""
        return (self.item.edits,) if self.item.edits else self.item.alternatives


def checked(text: str | bytes, path: Path, settings: Settings) -> tuple[Problem, ...]:
    """List what is wrong with a text that stands at a path."""
    try:
        return check(read(text, path.name, folder=path.parent), settings).diagnostics
    except SpecError as error:
        return error.diagnostics


@cache
def told() -> tuple[Told, ...]:
    """List the messages of all golden specs, and of the examples of all explanations."""
    return (*_golden(), *_explained())


def _golden() -> Iterator[Told]:
    for folder in FOLDERS:
        for path in sorted((GOLDEN / folder).rglob("*.yaml")):
            yield from _of(str(path.relative_to(GOLDEN)), path, path.read_bytes(), Settings())


def _of(origin: str, path: Path, text: str | bytes, settings: Settings) -> Iterator[Told]:
    every = checked(text, path, settings)
    whole = text if isinstance(text, str) else text.decode("utf-8", "replace")
    own = (item for item in every if item.file == path.name)
    yield from (Told(origin, path, whole, item, every, settings) for item in own)


def _explained() -> Iterator[Told]:
    for problem in problems():
        parts = explanation(problem).wrong
        folder = Path(tempfile.mkdtemp(prefix=problem.slug))
        for part in parts:
            (folder / part.file).write_text(part.text)
        spec = parts[0]
        settings = settings_of(spec.options)
        yield from _of(f"explain {problem.slug}", folder / spec.file, spec.text, settings)


def left(one: Told, edits: tuple[Edit, ...]) -> list[str]:
    """Apply the edits of a help; tell its message if it stays, and what of its kind comes there.

    What is no YAML any more is told as well.
    """
    changed = applied(one.text, edits)
    line = None if one.item.span is None else one.item.span.line + _lines_above(one.item, edits)
    before = {item.message for item in one.every if item is not one.item}
    again = [
        item
        for item in checked(changed, one.path, one.settings)
        if item.slug in (one.item.slug, "syntax") and item.message not in before
    ]
    same = [item for item in again if item.message == one.item.message]
    there = [item for item in again if item.span is None or item.span.line == line]
    return [f"{item.slug}: {item.message}" for item in dict.fromkeys((*same, *there))]


def _lines_above(item: Problem, edits: tuple[Edit, ...]) -> int:
    """Count the lines that edits add above the place of a message."""
    assert item.span is not None
    above = (edit for edit in edits if edit.span < item.span)
    return sum(edit.text.count("\n") - edit.span.end_line + edit.span.line for edit in above)
