"""The names within the keys and values of a text: where each stands, and what it may name."""

import re
from collections.abc import Collection, Iterator, Mapping
from functools import cache
from typing import NamedTuple

from archspec.diagnostics import Path, Span
from archspec.document.schema import language_schema
from archspec.expressions import FUNCTIONS
from archspec.operations import names
from archspec.source import Source, is_prose
from archspec.source.source import Mark

Kinds = frozenset[str]

LAYER = frozenset(["layer"])
"""What `from` names: a layer, or an input of the body."""

KEY = frozenset(["key"])
"""A key of the language, an argument, or a parameter of a block where that is called."""

_VALUE = frozenset(["number", "choice"])
_SIZE = frozenset(["number", "symbol"])
_PARAMETER = frozenset(["number", "choice", "operation", "block", "key"])

_DEFINED = {
    "layers": LAYER,
    "inputs": LAYER,
    "blocks": frozenset(["block"]),
    "params": _PARAMETER,
    "let": frozenset(["number"]),
    "kernels": frozenset(["kernel"]),
    "outputs": frozenset(["label"]),
    "variants": frozenset(["variant"]),
}
"""What the keys below a key define."""

_NAMED = {
    "op": frozenset(["operation"]),
    "block": frozenset(["block"]),
    "from": LAYER,
    "share": LAYER,
    "taps": LAYER,
    "order": LAYER,
    "kernel": frozenset(["kernel"]),
    "input": _SIZE,
    "expect": _SIZE,
    "spec": frozenset(["spec"]),
    "extends": frozenset(["spec"]),
}
"""What the value of a key names."""


def kinds_of_key(path: Path) -> Kinds:
    """Say what a key may name.

    >>> sorted(kinds_of_key(("layers", "conv"))), sorted(kinds_of_key(("layers", "conv", "bias")))
    (['layer'], ['key'])
    """
    if path[0] == "init" and len(path) == 2:
        return frozenset(["operation"])
    if "init" in path[:-1]:
        return frozenset(["key", "choice"])
    if "expect" in path[:-1]:
        return frozenset(["key", "label"])
    return _DEFINED.get(str(path[-2]), KEY) if path[1:] else KEY


def kinds_of_value(path: Path, before: str, behind: str) -> Kinds:
    """Say what a word of a value may name, given the text before and behind it there.

    >>> sorted(kinds_of_value(("layers", "add", "from", 0), "", ""))
    ['layer']
    >>> sorted(kinds_of_value(("layers", "fc", "out_features"), "2 * ", ".channels"))
    ['layer']
    """
    if _is_in_braces(before):
        return _in_expression(before, behind)
    if path[-2:-1] == ("layers",):
        return frozenset(["operation", "block"])
    named = _named([str(step) for step in path if not isinstance(step, int)] or [""])
    if named is LAYER and before.endswith("."):
        return frozenset(["label"])
    if named is None or named is _SIZE:
        kinds = _in_expression(before, behind)
        return _SIZE if named and kinds is _VALUE else kinds
    return named


def _is_in_braces(before: str) -> bool:
    """Say whether a text ends in a placeholder, which is an expression within a name."""
    return before.rfind("{") > before.rfind("}")


def _named(steps: list[str]) -> Kinds | None:
    """Say what the keys around a value let it name; `None` for an expression."""
    if steps[0] == "inputs" or "expect" in steps[:-1]:
        return _SIZE
    if "inputs" in steps[-1:] or "outputs" in steps[-2:]:
        return LAYER
    return _NAMED.get(steps[-1])


def _in_expression(before: str, behind: str) -> Kinds:
    """Say what a word of an expression may name, by what stands beside it."""
    if behind.startswith("("):
        return frozenset(["function"])
    if before.endswith("."):
        return frozenset(["size"])
    return LAYER if behind.startswith(".") else _VALUE


_BODY = frozenset(["layers", "outputs", "order"])
"""The keys of a body under which its layers stand or are named."""

WORD = re.compile(r"[A-Za-z_]\w*")


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
    words: dict[Span, Word] = {}
    for path, mark in source.values.items():
        if path not in around and not is_prose(path):
            words |= _within(source, mark, path, key=False)
    for path, mark in source.keys.items():  # some of which stand among the values, too
        words |= _within(source, mark, path, key=True)
    return tuple(sorted(words.values(), key=lambda word: word.span))


def _within(source: Source, mark: Mark, path: Path, *, key: bool) -> dict[Span, Word]:
    line, column, end_line, end = mark
    words = {}
    for number in range(line, min(end_line + 1, len(source.lines))):
        text = source.lines[number]
        first, last = column if number == line else 0, end if number == end_line else len(text)
        for match in WORD.finditer(text, first, last):
            before, behind = text[first : match.start()], text[match.end() : last]
            plain = key and not _is_in_braces(before)
            kinds = kinds_of_key(path) if plain else kinds_of_value(path, before, behind)
            span = Span(number + 1, match.start() + 1, number + 1, match.end() + 1)
            words[span] = Word(match[0], span, path, key, kinds)
    return words


_OTHERS = {
    "choice": ("and", "or", "not", "if", "else", "true", "false", "none"),
    "number": ("index",),
    "layer": ("input",),
    "size": ("shape", "batch", "channels", "features"),
    "symbol": ("N", "C", "H", "W", "T"),
    "function": FUNCTIONS,
    "operation": names(),
}

FIELD = (
    "activation attention backbone batch block body bottleneck branch channel class classifier "
    "context conv convolution decoder depth downsample dropout embedding encoder expansion feature "
    "filter first gate group head hidden image index inner input key last layer left length level "
    "linear mask memory merge mixer model neck norm number output patch pool position projection "
    "query ratio reduction residual right scale score shortcut side size skip squeeze stage stem "
    "step stride token transition trunk unit upsample value width window"
)
"""Words of which people make names: one of them is more likely right than a word like it."""


@cache
def vocabulary() -> Mapping[str, Kinds]:
    """Give all words that mean something in every spec, as its schema has them, by what they name.

    >>> [sorted(vocabulary()[word]) for word in ("out_channels", "fan_out", "channels")]
    [['key'], ['choice'], ['size']]
    """
    kinds: dict[str, Kinds] = {}
    others = ((kind, text) for kind, texts in _OTHERS.items() for text in texts)
    for kind, text in (*_words(language_schema()), *others):
        kind = "operation" if kind == "choice" and text in names() else kind
        for word in WORD.findall(text):
            kinds[word] = kinds.get(word, frozenset()) | {kind}
    return kinds


def _words(schema: object) -> Iterator[tuple[str, str]]:
    """Give the keys and the choices of a schema; what names may not be is none."""
    if isinstance(schema, list):
        for item in schema:
            yield from _words(item)
    elif isinstance(schema, dict):
        properties = schema.get("properties")
        yield from (("key", name) for name in properties or () if isinstance(properties, dict))
        choices = (*_texts(schema.get("enum")), *_texts(schema.get("const")))
        yield from (("choice", choice) for choice in choices)
        for key, item in schema.items():
            yield from _words(item) if key != "not" else ()


def _texts(value: object) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return [item for item in items if isinstance(item, str)]


def familiarity(word: str, pieces: Collection[str]) -> float:
    """Say how much of a word is among the pieces of other words.

    >>> pieces = {piece for word in ("channels", "out") for piece in pieces_of(word)}
    >>> familiarity("out_channels", pieces) > familiarity("out_chanels", pieces)
    True
    """
    own = list(pieces_of(word))
    return sum(piece in pieces for piece in own) / len(own)


def pieces_of(word: str) -> Iterator[str]:
    """Give the parts of a word, and their triples of letters, with the ends marked.

    >>> list(pieces_of("up_1"))
    ['^up$', '^up', 'up$', '^1$']
    """
    for part in word.lower().split("_"):
        whole = f"^{part}$"
        yield whole
        if part[1:]:
            yield from (whole[start : start + 3] for start in range(len(part)))
