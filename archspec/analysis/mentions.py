"""Which layers and inputs of a body are mentioned in it, as far as that is plain from the text.

A placeholder, in a layer's name or in a reference, stands for whatever it may be filled with.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from archspec.ops import ValueOperation, is_operation, load
from archspec.spec import Body, Layer, texts

_SIZED = re.compile(r"([A-Za-z0-9_]+)\.[a-z]")


@dataclass(frozen=True)
class Mentions:
    """The names that a body's references begin with, and of which its expressions ask a size."""

    body: Body

    @cached_property
    def read(self) -> frozenset[str]:
        """The first names of its references, and of the paths by which groups share weights."""
        own = self.body.layers.values()
        named = [reference for layer in own for reference in layer.references or ()]
        named += (
            [output.reads for output in self.body.given.items.values()] if self.body.given else []
        )
        return frozenset(map(_first, [*named, *_shared(self.body)]))

    @cached_property
    def sized(self) -> frozenset[str]:
        """The names of which an expression asks a size."""
        return _sized(self.body)

    def names(self, key: str) -> bool:
        """Say whether something mentions the layer or input under this key."""
        if key in self.read or key in self.sized:
            return True
        return any(fits(key, name) for name in self.read | self.sized)

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


def _sized(body: Body) -> frozenset[str]:
    """Name the layers whose sizes an expression asks for: `x` in `x.channels`."""
    found = texts([body.let, *map(_own, body.layers.values())])
    keys = [key for key in body.layers if "{" in key]
    return frozenset(_SIZED.findall("\n".join((*found, *keys))))


def _own(layer: Layer) -> object:
    return [layer.arguments, layer.first, layer.when, layer.repeat, layer.reads, layer.expect]
