"""Apply each help of each message by its edits, and see what is told afterwards."""

import tempfile
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import click

from archspec.cli.settings import takes_settings
from archspec.diagnostics import Diagnostic, Edit, SpecError
from archspec.diagnostics.explanation import explanation, problems
from archspec.pipeline import Settings, check
from archspec.source import applied, read

TESTS = Path(__file__).parent
FOLDERS = ("bad", "warnings", "door", "helps")


@dataclass(frozen=True)
class Told:
    """A message of a text, with all that is told of that text, and the settings of its check."""

    origin: str
    path: Path
    text: str
    item: Diagnostic
    every: tuple[Diagnostic, ...]
    settings: Settings

    @property
    def ways(self) -> tuple[tuple[Edit, ...], ...]:
        """Give the edits of each way in which its help mends it."""
        return (self.item.edits,) if self.item.edits else self.item.alternatives


def checked(text: str | bytes, path: Path, settings: Settings) -> tuple[Diagnostic, ...]:
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
        for path in sorted((TESTS / folder).rglob("*.yaml")):
            yield from _of(str(path.relative_to(TESTS)), path, path.read_bytes(), Settings())


def _of(origin: str, path: Path, text: str | bytes, settings: Settings) -> Iterator[Told]:
    every = checked(text, path, settings)
    whole = text if isinstance(text, str) else text.decode("utf-8", "replace")
    own = (item for item in every if item.file == path.name)
    yield from (Told(origin, path, whole, item, every, settings) for item in own)


@click.command()
@takes_settings
def _settings(settings: Settings) -> Settings:
    return settings


def _explained() -> Iterator[Told]:
    for problem in problems():
        parts = explanation(problem).wrong
        folder = Path(tempfile.mkdtemp(prefix=problem.slug))
        for part in parts:
            (folder / part.file).write_text(part.text)
        spec = parts[0]
        settings = _settings.main(list(spec.options), standalone_mode=False)
        yield from _of(f"explain {problem.slug}", folder / spec.file, spec.text, settings)


def left(one: Told, edits: tuple[Edit, ...]) -> list[str]:
    """Apply the edits of a help, and list what of its kind is still told, or told anew."""
    after = checked(applied(one.text, edits), one.path, one.settings)
    before = Counter(_key(item) for item in one.every)
    before[_key(one.item)] -= 1
    return [
        f"{item.slug}: {item.message}"
        for item in after
        if item.slug == one.item.slug and not _spend(before, _key(item))
    ]


def _spend(counts: Counter[tuple[str, str]], key: tuple[str, str]) -> bool:
    counts[key] -= 1
    return counts[key] >= 0


def _key(item: Diagnostic) -> tuple[str, str]:
    return item.slug, item.message
