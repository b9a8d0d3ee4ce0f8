"""Which parameters and `let` names nothing mentions that sees them; nearer names hide others.

What may be an expression or no more than a text counts as a mention.
"""

import re
from collections.abc import Collection, Iterable, Mapping
from typing import NamedTuple

from archspec.diagnostics import Path
from archspec.spec import Block, Body, Layer, Parameter, Spec, texts

_NAME = re.compile(r"(?<![\w.])[A-Za-z_]\w*(?![\w.])")
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


class Words(NamedTuple):
    """The names in expressions, and those that stand for layers: `relu` in `- relu`."""

    values: frozenset[str] = frozenset()
    layers: frozenset[str] = frozenset()

    def joined(self, *others: "Words") -> "Words":
        """Give the words of several parts."""
        values, layers = zip(self, *others, strict=True)
        return Words(frozenset().union(*values), frozenset().union(*layers))


class Defined(NamedTuple):
    """A name with what it is said to be, and where that stands."""

    kind: str
    name: str
    path: Path
    words: Words
    is_layer: bool = False

    def is_in(self, words: Words) -> bool:
        """Say whether it is mentioned: a layer by its name alone, a value in expressions only."""
        return self.name in words.values or (self.is_layer and self.name in words.layers)

    def taken_from(self, words: Words) -> Words:
        """Give what is mentioned around it: names of its own kind are hidden by it."""
        layers = words.layers - {self.name} if self.is_layer else words.layers
        return self.words.joined(Words(words.values - {self.name}, layers))


class Seen(NamedTuple):
    """What a body mentions of the names around it, and its own that nothing mentions."""

    words: Words
    unused: tuple[Defined, ...] = ()


def seen(spec: Spec) -> Seen:
    """Look through a whole spec; of `words` those are left that are no names of its own.

    >>> layers = [{"op": "linear", "out_features": "width"}, "relu"]
    >>> spec = {"archspec": 1, "name": "Net", "input": ["N", 8], "layers": layers}
    >>> sorted(seen(Spec.model_validate(spec)).words.layers)
    ['linear', 'relu']
    """
    blocks = [_block(block, ("blocks", name)) for name, block in spec.blocks.items()]
    inputs = [item.shape for item, _ in spec.tensors.values()]
    variants = [item.parameters for item in spec.variants.values()]
    around = _values([inputs, spec.kernels, spec.init, variants])
    inner = _joined([_inside(spec, ()), Seen(around), *blocks])
    return _within(inner, [*_parameters(spec.params, ()), *_lets(spec, ())])


def _block(block: Block, path: Path) -> Seen:
    defined = [*_parameters(block.params, path), *_lets(block, path)]
    return _within(_inside(block, path), defined)


def _within(inner: Seen, defined: list[Defined]) -> Seen:
    """Go back over the names that a body defines: each sees those before it."""
    words, unused = inner.words, inner.unused
    for item in reversed(defined):
        unused = unused if item.is_in(words) else (item, *unused)
        words = item.taken_from(words)
    return Seen(words, unused)


def _inside(body: Body, path: Path) -> Seen:
    """Look through the layers of a body and what it gives, without the names that it defines."""
    groups = (
        _within(_inside(layer.body, below), _lets(layer.body, below))
        for key, layer in body.layers.items()
        if layer.body is not None
        for below in [(*path, "layers", key, "body")]
    )
    given = body.given.items.values() if body.given is not None else ()
    named = [*body.layers, *(body.order or ()), *(item.reads for item in given)]
    around = [[item.when for item in given], _placeholders(named)]
    return _joined([*groups, Seen(_own(body.layers.values(), *around))])


def _joined(parts: Iterable[Seen]) -> Seen:
    parts = list(parts)
    unused = tuple(item for part in parts for item in part.unused)
    return Seen(Words().joined(*(part.words for part in parts)), unused)


def _parameters(params: Mapping[str, Parameter], path: Path) -> list[Defined]:
    return [
        Defined("parameter", name, (*path, "params", name), _default(item), item.type == "layer")
        for name, item in params.items()
    ]


def _default(parameter: Parameter) -> Words:
    layers = [parameter.layer] if parameter.layer is not None else []
    return _own(layers, parameter.default)


def _lets(body: Body, path: Path) -> list[Defined]:
    return [
        Defined("`let` name", name, (*path, "let", name), _values(raw))
        for name, raw in body.let.items()
    ]


def _own(layers: Collection[Layer], *others: object) -> Words:
    """Give the words at layers themselves, without those of a group, and in what is beside them."""
    said = [
        (layer.arguments, layer.first, layer.when, layer.repeat, layer.init, layer.expect)
        for layer in layers
    ]
    named = [
        reference
        for layer in layers
        for reference in (*(layer.references or ()), layer.share or "", *(layer.taps or ()))
    ]
    forms = (word for layer in layers for word in (layer.word, layer.op, layer.block) if word)
    values = _values([said, _placeholders(map(str, named)), *others]).values
    return Words(values, frozenset(forms))


def _values(part: object) -> Words:
    return Words(frozenset(_NAME.findall("\n".join(texts(part)))))


def _placeholders(names: Iterable[str]) -> list[str]:
    """Give what stands in the placeholders of names: the rest of them is text."""
    return [found for name in names if "{" in name for found in _PLACEHOLDER.findall(name)]
