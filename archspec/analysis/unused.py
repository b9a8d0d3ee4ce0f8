"""What a document mentions nowhere: layers that nothing reads, names that nothing uses.

What may be an expression or no more than a text counts as a mention, and a placeholder, in a
layer's name or in a reference, stands for whatever it may be filled with.
"""

import re
from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise
from typing import NamedTuple

from archspec.diagnostics import Path, Place, Problem, UnreadLayer, UnusedName
from archspec.document import Block, Body, Layer, Parameter, Spec, texts
from archspec.operations import ValueOperation, is_operation, load

_SIZED = re.compile(r"([A-Za-z0-9_]+)\.[a-z]")
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
    """A name that a body defines, what it is, and where that stands."""

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


def unused(spec: Spec) -> Iterator[tuple[Problem, Place]]:
    """Give a warning for each layer, input, name, block and kernel that nothing mentions."""
    whole = seen(spec)
    for item in whole.unused:
        yield _unused(item.kind, item.name, item.path, *_notes(item, whole.words))
    for name in spec.blocks:
        if name not in whole.words.values | whole.words.layers:
            yield _unused("block", name, ("blocks", name))
    if spec.kernels:
        every = texts([spec.params, spec.blocks, spec.layers, spec.variants])
        for name in [name for name in spec.kernels if name not in every]:
            yield _unused("kernel", name, ("kernels", name))
    for body, path in _bodies(spec):
        yield from _unread(body, path)


def _unused(kind: str, name: str, path: Path, *notes: str) -> tuple[Problem, Place]:
    return UnusedName(f"nothing uses the {kind} `{name}`", notes=notes), Place(path, key=True)


def _notes(item: Defined, words: Words) -> Iterator[str]:
    """Say why what looks like a mention is none."""
    if item.name in words.layers:
        yield f"the layer `{item.name}` is not that {item.kind}, which is no layer"


def _bodies(spec: Spec) -> Iterator[tuple[Body, Path]]:
    yield from _below(spec, ())
    for name, block in spec.blocks.items():
        yield from _below(block, ("blocks", name))


def _below(body: Body, path: Path) -> Iterator[tuple[Body, Path]]:
    yield body, path
    for key, layer in body.layers.items():
        if layer.body is not None:
            yield from _below(layer.body, (*path, "layers", key, "body"))


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
    return _joined([*groups, Seen(_own_words(body.layers.values(), *around))])


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
    return _own_words(layers, parameter.default)


def _lets(body: Body, path: Path) -> list[Defined]:
    return [
        Defined("`let` name", name, (*path, "let", name), _values(raw))
        for name, raw in body.let.items()
    ]


def _own_words(layers: Collection[Layer], *others: object) -> Words:
    """Give the words at layers themselves, without those of a group, and in what is beside them."""
    written = [
        (layer.arguments, layer.first, layer.when, layer.repeat, layer.init, layer.expect)
        for layer in layers
    ]
    named = [
        reference
        for layer in layers
        for reference in (*(layer.references or ()), layer.share or "", *(layer.taps or ()))
    ]
    forms = (word for layer in layers for word in (layer.word, layer.op, layer.block) if word)
    values = _values([written, _placeholders(map(str, named)), *others]).values
    return Words(values, frozenset(forms))


def _values(part: object) -> Words:
    return Words(frozenset(_NAME.findall("\n".join(texts(part)))))


def _placeholders(names: Iterable[str]) -> list[str]:
    """Give what stands in the placeholders of names: the rest of them is text."""
    return [part for name in names if "{" in name for part in _PLACEHOLDER.findall(name)]


@dataclass(frozen=True)
class Mentions:
    """The names with which a body's references begin, and of which its expressions read sizes."""

    body: Body

    @cached_property
    def read(self) -> frozenset[str]:
        """The first names of its references, and of the paths by which groups share weights."""
        layers, given = self.body.layers.values(), self.body.given
        references = [reference for layer in layers for reference in layer.references or ()]
        outputs = [output.reads for output in given.items.values()] if given else []
        return frozenset(map(_first, [*references, *outputs, *_shared(self.body)]))

    @cached_property
    def sized(self) -> frozenset[str]:
        """The names of which an expression reads a size: `x` in `x.channels`."""
        written = texts([self.body.let, *map(_expressions, self.body.layers.values())])
        keys = [key for key in self.body.layers if "{" in key]
        return frozenset(_SIZED.findall("\n".join((*written, *keys))))

    def names(self, key: str) -> bool:
        """Say whether something mentions the layer or input under this key."""
        mentioned = self.read | self.sized
        return key in mentioned or any(fits(key, name) for name in mentioned)

    @property
    def reads_inputs(self) -> bool:
        """Whether the first layer that reads at all reads what the body receives."""
        first = next(iter(self.body.layers.values()))
        return _reads_above(first)

    def passed_over(self) -> Iterator[tuple[str, str]]:
        """Give the layers that do not hand on to the next one, and a help that says so."""
        layers = self.body.layers
        for key, after in pairwise(layers):
            if not _reads_above(layers[after]) and not layers[key].splice:
                yield key, _help(after, layers[after])
        last = next(reversed(layers))
        if self.body.given is not None and not layers[last].splice:
            yield last, "`outputs` names what is given, and not the last layer"


def fits(one: str, other: str) -> bool:
    """Say whether two names may be the same where placeholders are filled in.

    >>> fits("down{index + 1}", "down{depth}"), fits("down{index}", "down4"), fits("up", "down")
    (True, True, False)
    """
    if "{" not in one + other:
        return one == other
    (start, end), (other_start, other_end) = _ends(one), _ends(other)
    begins = start.startswith(other_start) or other_start.startswith(start)
    return begins and (end.endswith(other_end) or other_end.endswith(end))


def _ends(name: str) -> tuple[str, str]:
    """Give the fixed text before the first placeholder and that behind the last."""
    if "{" not in name:
        return name, name
    return name.partition("{")[0], name.rpartition("}")[2]


def _first(reference: str) -> str:
    """Give the first name of a reference; a dot in a placeholder ends none.

    >>> _first("down{input.channels}.0")
    'down{}'
    """
    if "{" in reference:
        reference = re.sub(r"\{[^{}]*\}", "{}", reference)
    return reference.partition(".")[0]


def _reads_above(layer: Layer) -> bool:
    return layer.references is None and not _reads_nothing(layer)


def _reads_nothing(layer: Layer) -> bool:
    """Say whether a layer is a value of its own, and reads no other."""
    name = layer.op or layer.word
    return name is not None and is_operation(name) and issubclass(load(name), ValueOperation)


def _help(after: str, layer: Layer) -> str:
    reads = "reads nothing" if layer.references is None else "reads something else by `from`"
    return f"`{after}`, the next layer, {reads}"


def _shared(body: Body) -> Iterator[str]:
    for layer in body.layers.values():
        if layer.share is not None:
            yield str(layer.share)
        if layer.body is not None:
            yield from _shared(layer.body)


def _expressions(layer: Layer) -> object:
    return [layer.arguments, layer.first, layer.when, layer.repeat, layer.reads, layer.expect]


def _unread(body: Body, path: Path) -> Iterator[tuple[Problem, Place]]:
    """Find layers and inputs that neither the next layer reads without `from`, nor anyone by name.

    In a list with absent layers no number is sure.
    """
    mentions = Mentions(body)
    for name, place in _written_inputs(body, path):
        if not mentions.reads_inputs and not mentions.names(name):
            yield UnusedName(f"nothing uses the input `{name}`"), place
    if body.numbered and any(map(_shifts, body.layers.values())):
        return
    for key, help in mentions.passed_over():
        if not mentions.names(key):
            problem = UnreadLayer(f"nothing reads the layer `{key}`", help=help)
            yield problem, Place((*path, "layers", key), key=True)


def _written_inputs(body: Body, path: Path) -> Iterator[tuple[str, Place]]:
    """Give the inputs that are written down; a body that says nothing of them receives one."""
    if isinstance(body, Spec):
        for name, (_, where) in body.tensors.items():
            yield name, Place(where, key=True)
        return
    for index, name in enumerate(body.inputs or ()):
        yield name, Place((*path, "inputs", index))


def _shifts(layer: Layer) -> bool:
    """Say whether the layers behind it in a list may have other numbers than they seem to."""
    return layer.when is not None or isinstance(layer.repeat, str) or bool(layer.splice)
