"""The tokens of a spec: its keys and scalars, and within them names, numbers and operators."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate
from typing import Any

import yaml

from archspec.diagnostics import Path
from archspec.source.reader import FASTEST

TEXTS = frozenset(["description", "reference", "source", "label"])
"""The keys whose values are prose: nothing in them can be wrong, so they are left as they are."""

_TOKEN = re.compile(
    r"(?P<name>[A-Za-z_]\w*)"
    r"|(?P<number>\d[\d_]*(?:\.\d+)?(?:[eE][-+]?\d+)?[kMGT]?)"
    r"|(?P<operator>\*\*|//|[<>=!]=|[-+*/%<>()\[\]{}.,:])"
)


@dataclass(frozen=True, slots=True)
class Token:
    """A stretch of the text: from one character to before another, and the path of its scalar.

    `kind` is `name`, `number` or `operator`. `whole` says that it is all of its scalar.
    """

    start: int
    end: int
    kind: str
    text: str
    path: Path
    key: bool
    whole: bool


def tokens(text: str) -> tuple[Token, ...]:
    """List the tokens that a mutant may change, in the order of the text.

    >>> [token.text for token in tokens("layers: {fc: {out_features: 4 * planes}}")]
    ['layers', 'fc', 'out_features', '4', '*', 'planes']
    """
    offsets = (0, *accumulate(len(line) for line in text.splitlines(keepends=True)))
    found: list[Token] = []
    for node, path, key in _scalars(yaml.compose(text, FASTEST), ()):
        first, last = node.start_mark, node.end_mark
        start, end = offsets[first.line] + first.column, offsets[last.line] + last.column
        found += _within(text, start, end, path, key)
    return tuple(sorted(found, key=lambda token: token.start))


def _scalars(node: Any, path: Path) -> Iterator[tuple[Any, Path, bool]]:
    """Give every scalar below a node with its path, and whether it is a key."""
    if isinstance(node, yaml.ScalarNode):
        yield node, path, False
    elif isinstance(node, yaml.SequenceNode):
        for index, item in enumerate(node.value):
            yield from _scalars(item, (*path, index))
    else:
        yield from _entries(node, path)


def _entries(node: Any, path: Path) -> Iterator[tuple[Any, Path, bool]]:
    for key, value in node.value:
        below = (*path, key.value)
        yield key, below, True
        if key.value not in TEXTS and below != ("name",):
            yield from _scalars(value, below)


def _within(text: str, start: int, end: int, path: Path, key: bool) -> Iterator[Token]:
    for match in _TOKEN.finditer(text, start, end):
        whole = match.span() == (start, end)
        kind = match.lastgroup or ""
        yield Token(*match.span(), kind, match[0], path, key, whole)
