"""Which constructs a spec uses, read off the spec itself."""

import re
from collections.abc import Iterator
from typing import Any

_CONTROL = ("repeat", "first", "when", "splice", "init", "share", "trainable", "order", "let")


def used(spec: dict[str, Any]) -> frozenset[str]:
    """Name the constructs.

    >>> sorted(used({"layers": [{"op": "relu", "repeat": 2, "when": "a.channels > 2"}]}))
    ['list', 'repeat', 'when']
    """
    found = {"model_inputs"} if "inputs" in spec else set()
    found |= {"block"} if "blocks" in spec else set()
    found |= set(_of_outputs(spec.get("outputs"), "model_outputs"))
    for key in spec.keys() & {"init"}:
        found.add(key)
    for body in (spec, *spec.get("blocks", {}).values()):
        found |= set(_of_body(body))
        found |= set(_of_parameters(body.get("params", {})))
    for block in spec.get("blocks", {}).values():
        found |= set(_of_ends(block))
    return frozenset(found)


def _of_ends(body: dict[str, Any]) -> Iterator[str]:
    if "inputs" in body:
        yield "several_inputs"
    yield from _of_outputs(body.get("outputs"), "several_outputs")


def _of_outputs(outputs: Any, construct: str) -> Iterator[str]:
    if isinstance(outputs, list | dict) and len(outputs) > 1:
        yield construct
    items = outputs.values() if isinstance(outputs, dict) else outputs
    items = items if isinstance(outputs, dict | list) else ()
    if any(isinstance(item, dict) and "training" in item for item in items):
        yield "training"


def _of_parameters(params: dict[str, Any]) -> Iterator[str]:
    for value in params.values():
        if value == "layer" or (isinstance(value, dict) and "op" in value):
            yield "layer_parameter"


def _of_body(body: dict[str, Any]) -> Iterator[str]:
    layers = body["layers"]
    yield from (key for key in ("order", "let") if key in body)
    if isinstance(layers, list):
        yield "list"
    for name, layer in layers.items() if isinstance(layers, dict) else enumerate(layers):
        if isinstance(layers, dict) and str(name).isdigit():
            yield "numbers"
        yield from _of_layer(str(name), layer)


def _of_layer(name: str, layer: Any) -> Iterator[str]:
    if isinstance(layer, list):
        layer = {"layers": layer}
    if isinstance(layer, str):
        return
    yield from (key for key in _CONTROL if key in layer and not (key == "share" and "op" in layer))
    if "layers" in layer:
        yield "group"
        yield from _of_body(layer)
        yield from _of_ends(layer)
    yield from _of_keys(name, layer)


def _of_keys(name: str, layer: dict[str, Any]) -> Iterator[str]:
    operation, reads = layer.get("op"), str(layer.get("from", ""))
    if "op" in layer and "share" in layer:
        yield "tied"
    if layer.get("repeat") == 0:
        yield "zero"
    if "{" in name:
        yield "placeholder"
    if ".*" in reads:
        yield "every"
    if operation in ("chunk", "split"):
        yield "split"
    if operation == "parameter":
        yield "parameter"
    own = str({key: value for key, value in layer.items() if key != "layers"})
    if re.search(r"\bindex [+*%>]|\* index", own):
        yield "index"
