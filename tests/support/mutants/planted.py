"""Clear mistakes planted in blocks: each must be told once, and two of them both."""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from archspec.diagnostics import Path, Problem, SpecError
from archspec.operations import names
from archspec.pipeline import check
from support.mutants.mutations import Mutant, misspelt
from support.mutants.nearness import leads_to
from support.mutants.originals import before, opened, texts
from support.mutants.tokens import Token, tokens
from support.mutants.written import MISMATCHES, NAME, STEM, written

OTHERS = frozenset(
    ["from", "when", "repeat", "first", "splice", "share", "init", "trainable", "label"]
)
"""The keys of a layer that are no arguments of its operation, apart from `op` and `expect`."""


@dataclass(frozen=True, slots=True)
class Mistake:
    """One token to be changed, and to what; `block` is the body that it stands in."""

    kind: str
    block: str
    token: Token
    new: str


@dataclass(frozen=True, slots=True)
class Planted:
    """A text with mistakes in it, and each of them as a mutant of its own."""

    spec: str
    text: str
    mistakes: tuple[Mistake, ...]

    @property
    def mutants(self) -> tuple[Mutant, ...]:
        """Say where each mistake stands, and the words before and after."""
        return tuple(_mutant(self, mistake) for mistake in self.mistakes)

    def shown(self, found: Sequence[Problem]) -> str:
        """Show the lines that were changed, and what was told."""
        lines = self.text.splitlines()
        changed = (f"{line}: {lines[line - 1]}" for item in self.mutants for line in item.lines)
        told = (f"> {item.span and item.span.line} {item.message}" for item in found)
        return "\n".join((self.spec, *changed, *told))


def planted(seed: int, count: int) -> Planted:
    """Plant so many mistakes in different blocks of one spec; an even seed takes a shipped one."""
    random = Random(f"{seed} {count}")
    spec, text = _even(random, count) if seed % 2 == 0 else (NAME, written(random))
    found = mistakes(text, opened(spec, text).data, random)
    blocks = random.sample(sorted({item.block for item in found}), count)
    chosen: list[Mistake] = []
    for block in blocks:  # one wrong word in two places is one mistake
        words = {item.new for item in chosen}
        here = [item for item in found if item.block == block and item.new not in words]
        chosen.append(_one(here, random))
    return Planted(spec, _changed(text, chosen), tuple(chosen))


def told(item: Planted) -> tuple[Problem, ...]:
    """List what `validate` says."""
    try:
        return check(opened(item.spec, item.text)).diagnostics
    except SpecError as error:
        return error.diagnostics


def exact(item: Planted, found: Sequence[Problem]) -> bool:
    """Say whether every mistake is told by one message of its own, and nothing else is."""
    if len(found) != len(item.mistakes):
        return False
    orders = (found, tuple(reversed(found)))
    return any(all(map(leads_to, order, item.mutants)) for order in orders)


def mistakes(text: str, data: object, random: Random) -> list[Mistake]:
    """List the clear mistakes that can be made in the bodies of a spec, one or more a token."""
    found: list[Mistake] = []
    for token in tokens(text):
        block = _block(token.path)
        if block:
            made = _of(token, data, text, random)
            found += [Mistake(kind, block, token, new) for kind, new in made]
    return found


def _even(random: Random, count: int) -> tuple[str, str]:
    enough = [name for name in texts() if len(_blocks(before(name).data)) >= count]
    spec = random.choice(enough)
    return spec, texts()[spec]


def _blocks(data: object) -> list[str]:
    assert isinstance(data, dict)
    return ["the model", *data.get("blocks", {})]


def _block(path: Path) -> str:
    if path[0] == "blocks" and "layers" in path:
        return str(path[1])
    return "the model" if path[0] == "layers" and path[1:2] != (STEM,) else ""


def _one(found: Sequence[Mistake], random: Random) -> Mistake:
    """Choose the kind first: of some there are many more places."""
    kind = random.choice(sorted({item.kind for item in found}))
    return random.choice([item for item in found if item.kind == kind])


def _of(token: Token, data: object, text: str, random: Random) -> Iterator[tuple[str, str]]:
    around, key = _around(data, token.path), token.path[-1]
    value = around.get(key) if isinstance(around, dict) else None
    operation = isinstance(around, dict) and "op" in around
    argument = operation and key not in OTHERS | {"op", "expect"}
    named = (operation and key == "op") or token.path[-2:-1] == ("layers",)
    if token.kind == "name" and token.whole and not token.key and named and value in names():
        yield "operation", _unknown(token.text, text, random)
    if token.kind == "name" and token.whole and token.key and argument:
        yield "argument", _unknown(token.text, text, random)
    if token.text != STEM and "from" in token.path and not token.key and _begins(token, text):
        yield "reference", _unknown(token.text, text, random)
    if token.kind == "number" and token.whole and not token.key and argument:
        yield "type", random.choice(("true", "{a: 1}", _unknown("seven", text, random)))
    if (key, token.text) in MISMATCHES and token.path[0] == "blocks" and "name: Planted\n" in text:
        yield "channels", MISMATCHES[key, token.text]


def _around(data: object, path: Path) -> object:
    for step in path[:-1]:
        assert isinstance(data, dict | list)
        data = data[step]  # type: ignore[index]  # a name in a mapping, a number in a list
    return data


def _begins(token: Token, text: str) -> bool:
    return (
        token.kind == "name"
        and text[token.start - 1] in " ["
        and "{" not in text[token.end : token.end + 2]
    )


def _unknown(word: str, text: str, random: Random) -> str:
    """Misspell a word as no other that the spec or an operation has."""
    known = {*re.findall(r"\w+", text), *names()}
    others = (misspelt(word, random) for _ in range(100))
    return next(other for other in others if other not in known)


def _changed(text: str, chosen: Sequence[Mistake]) -> str:
    for item in sorted(chosen, key=lambda item: item.token.start, reverse=True):
        text = text[: item.token.start] + item.new + text[item.token.end :]
    return text


def _mutant(item: Planted, mistake: Mistake) -> Mutant:
    shift = sum(
        len(other.new) - len(other.token.text)
        for other in item.mistakes
        if other.token.start < mistake.token.start
    )
    line = item.text.count("\n", 0, mistake.token.start + shift) + 1
    words = (mistake.token.text, mistake.new)
    return Mutant(item.spec, mistake.kind, item.text, mistake.token, (line,), words)
