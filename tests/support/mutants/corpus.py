"""Specs in which mistakes are made: the shipped ones, and small ones written by hand."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from random import Random
from typing import NamedTuple

from archspec.diagnostics import SpecError
from archspec.diagnostics.explanation import explanation, problems
from archspec.pipeline import Outcome, Settings, check, compile
from archspec.source import Source, read
from support.mutants.entries import Entry, entries
from support.mutants.fingerprint import Fingerprint, fingerprint
from support.mutants.originals import folder, texts, variants_of
from support.mutants.tokens import Token, tokens
from support.mutants.written import written
from support.pages import FENCE
from support.paths import TOP

PLANTED = 8
"""So many specs of `written` are among them."""

Networks = Mapping[str | None, Fingerprint | None]
"""The networks of a spec and its variants, `None` for one with an error."""


@dataclass(frozen=True)
class Written:
    """A spec in which nothing is wrong, and where it stands."""

    name: str
    text: str
    folder: Path

    def source(self, text: str) -> Source:
        """Read a text in its place."""
        return read(text, self.name, folder=self.folder)

    def networks(self, text: str) -> Networks:
        """Take down what a text in its place builds."""
        source = self.source(text)
        names = (None, *variants_of(source))
        built = {name: compile(source, Settings(variant=name)) for name in names}
        return {name: _taken_down(outcome) for name, outcome in built.items()}


class Facts(NamedTuple):
    """What a text is made of: the places at which mistakes are made."""

    data: dict[str, object]
    tokens: tuple[Token, ...]
    entries: tuple[Entry, ...]


@cache
def shipped() -> tuple[Written, ...]:
    """List the shipped specs."""
    return tuple(Written(name, text, folder()) for name, text in texts().items())


@cache
def by_hand() -> tuple[Written, ...]:
    """List small specs: of examples, pages and explanations, and those with several blocks."""
    found = {text: Written(name, text, place) for name, text, place in _by_hand()}
    return tuple(item for item in found.values() if _is_sound(item))


@cache
def facts(item: Written) -> Facts:
    """Look at a text once."""
    data = item.source(item.text).data
    assert isinstance(data, dict)
    return Facts(data, tokens(item.text), entries(item.text))


@cache
def original(item: Written) -> Networks:
    """Take down what a sound spec builds, once."""
    return item.networks(item.text)


def _by_hand() -> Iterator[tuple[str, str, Path]]:
    for path in sorted(TOP.glob("examples/*/*.yaml")):
        yield f"{path.parent.name}/{path.name}", path.read_text("utf-8"), path.parent
    pages = (TOP / "README.md", *sorted(TOP.glob("docs/*.md")), *TOP.glob("examples/*/*.md"))
    for page in sorted(pages):
        blocks = [fence[2] for fence in FENCE.finditer(page.read_text("utf-8"))]
        for number, text in enumerate(text for text in blocks if "\nlayers:" in text):
            yield f"{page.parent.name}-{page.stem}-{number}.yaml", text, page.parent
    for problem in problems():
        right = explanation(problem).right
        if len(right) == 1 and not right[0].note:
            yield f"{problem.slug}.yaml", right[0].text, TOP
    for seed in range(PLANTED):
        yield f"planted{seed}.yaml", written(Random(seed)), TOP


def _is_sound(item: Written) -> bool:
    try:
        return not check(item.source(item.text)).diagnostics and len(item.text.splitlines()) > 4
    except SpecError:
        return False


def _taken_down(outcome: Outcome) -> Fingerprint | None:
    return None if outcome.network is None else fingerprint(outcome.network)
