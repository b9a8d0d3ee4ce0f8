"""Keys by which specialisations are found again, and the names that a layer mentions."""

import re
from collections.abc import Mapping

from archspec.elaborate.targets import LayerValue
from archspec.spec import Layer, texts

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def typed(value: object) -> object:
    """Give a hashable key in which `True`, `1` and `1.0` differ.

    >>> typed(True) == typed(1)
    False
    """
    if isinstance(value, Mapping):
        return tuple((name, typed(item)) for name, item in value.items())
    if isinstance(value, list | tuple):
        return (list, tuple(typed(item) for item in value))
    if isinstance(value, LayerValue):
        return (LayerValue, repr(value.layer), _seen(value))
    return (type(value), value)


def _seen(value: LayerValue) -> object:
    """Give the values of the names on which what the layer builds depends."""
    values = value.scope.values
    return tuple(
        (name, typed(values[name])) for name in sorted(mentioned(value.layer)) if name in values
    )


def mentions(layer: Layer, word: str) -> bool:
    """Say whether a layer, or one in it, mentions a word.

    >>> mentions(Layer(op="dropout", arguments={"p": "rate * index"}), "index")
    True
    """
    return any(word in text and word in _WORD.findall(text) for text in texts(layer))


def mentioned(layer: Layer) -> frozenset[str]:
    """Name every word in a layer's own keys and in those of the layers in it.

    >>> sorted(mentioned(Layer(op="dropout", arguments={"p": "rate * index"})))
    ['dropout', 'index', 'rate']
    """
    return frozenset(_WORD.findall(" ".join(texts(layer))))
