"""Which constructs a spec uses, read off the spec itself."""

import re
from collections.abc import Iterator
from typing import Any

from support.random_specs.drawn import RandomSpec

_CONTROL = ("repeat", "first", "when", "splice", "init", "share", "trainable")


def used(spec: RandomSpec) -> frozenset[str]:
    """Name the constructs that a spec, its files or its overrides use."""
    found = {construct for data in (spec.data, *spec.files.values()) for construct in in_file(data)}
    layers = [name for data in (spec.data, *spec.files.values()) for name in _layers_of(data)]
    if any(name in layers for values in spec.overrides for name in values):
        found.add("layer_override")
    return frozenset(found)


def in_file(data: dict[str, Any]) -> frozenset[str]:
    """Name the constructs in one file.

    >>> sorted(in_file({"layers": [{"op": "relu", "repeat": 2, "when": "a.channels > 2"}]}))
    ['list', 'repeat', 'when']
    """
    found = {"model_inputs"} if "inputs" in data else set()
    found |= {"block"} if "blocks" in data else set()
    found |= set(_of_outputs(data.get("outputs"), "model_outputs"))
    found |= data.keys() & {"init", "extends", "variants"}
    found |= set(_of_shapes(str([data.get("input"), data.get("inputs")])))
    found |= {"top_let"} if "let" in data else set()
    found |= {"inplace"} if "'inplace'" in str(data) else set()
    inner = {key: value for key, value in data.items() if key != "let"}
    for body in (inner, *data.get("blocks", {}).values()):
        found |= set(_of_body(body))
        found |= set(_of_parameters(body.get("params", {})))
    for block in data.get("blocks", {}).values():
        found |= set(_of_ends(block))
    return frozenset(found)


def _of_shapes(shapes: str) -> Iterator[str]:
    if re.search(r"'[HW]'", shapes):
        yield "free"
    if re.search(r"\['N', '[a-z]|[0-9], '[a-z]", shapes):
        yield "input_parameter"


def _layers_of(data: dict[str, Any]) -> Iterator[str]:
    for name, value in data.get("params", {}).items():
        if isinstance(value, dict) and "op" in value:
            yield name


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
    for name, value in params.items():
        if value == "layer" or (isinstance(value, dict) and "op" in value):
            yield "layer_parameter"
        if name.startswith("size"):
            yield "size"


def _of_body(body: dict[str, Any]) -> Iterator[str]:
    layers = body.get("layers", {})
    yield from {"order"} & body.keys()
    yield from ("stage" if "index" in str(v) else "let" for v in body.get("let", {}).values())
    if isinstance(layers, list):
        yield "list"
    named = layers if isinstance(layers, dict) else dict(enumerate(layers))
    for name, layer in named.items():
        if isinstance(layers, dict) and str(name).isdigit():
            yield "numbers"
        yield from _of_layer(str(name), layer)
        yield from _of_references({str(key): item for key, item in named.items()}, layer)


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
    yield from (key for key in ("spec", "taps") if key in layer)
    if layer.get("repeat") == 0:
        yield "zero"
    if "repeat" in layer and isinstance(layer.get("outputs"), list):
        yield "twins"
    if "op" not in layer and "share" in layer and "repeat" in layer:
        yield "share_repeated"
    if "{" in name:
        yield "placeholder"
    if ".*" in reads:
        yield "every"
    if operation in ("chunk", "split"):
        yield "split"
    if operation == "split" and isinstance(layer["split_size_or_sections"], list):
        yield "sections"
    if operation == "parameter":
        yield "parameter"
    own = str({key: value for key, value in layer.items() if key not in ("layers", "let")})
    if re.search(r"\bindex [+*%>]|\* index", own):
        yield "index"


def _of_references(layers: dict[str, Any], layer: Any) -> Iterator[str]:
    """Name the constructs that depend on the layers of the same body."""
    if not isinstance(layer, dict):
        return
    if "op" in layer and "share" in layer:
        yield "tied" if str(layer["share"]) in layers else "tied_inside"
    reads = layer.get("from")
    for name in reads if isinstance(reads, list) else [reads]:
        first, _, number = str(name).partition(".")
        above = layers.get(first)
        if number.replace(".", "").isdigit() and isinstance(above, dict) and "repeat" in above:
            yield "repetition"
