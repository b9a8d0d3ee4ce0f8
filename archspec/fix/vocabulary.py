"""The words that mean something in every spec, and how well a word goes with others."""

from collections.abc import Collection, Iterator, Mapping
from functools import cache

from archspec.document.schema import language_schema
from archspec.expressions import FUNCTIONS
from archspec.fix.words import WORD, Kinds
from archspec.operations import names

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
