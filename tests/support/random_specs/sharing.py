"""Layers that share weights: an earlier one called again, or its weight in another."""

from support.random_specs.bodies import Body
from support.random_specs.control import Control, place
from support.random_specs.joins import one
from support.random_specs.operations import Layer, activation, linear, operation, plain
from support.random_specs.values import Value

SHARING = frozenset(["share", "tied", "tied_inside"])
"""The constructs by which weights are shared."""

REPEATED = frozenset(["share", "share_repeated", "repeat"])
"""The constructs of a layer that is called again several times."""


def shared(body: Body, value: Value) -> None:
    """Call a layer again, or give another its weight."""
    chance = body.scope.chance
    if chance.may("tied_inside", 0.3) and "group" in chance.constructs:
        chance.pick([_tied_below, _tied_above])(body, value)
        return
    if chance.constructs >= REPEATED and chance.happens(0.25):
        _repeated(body, value)
        return
    layer, gives = plain(value, body.scope.width(), body.scope)
    if chance.happens(0.5):
        layer, gives = (
            operation(body.scope, value) if value.kind == "map" else linear(body.scope, value)
        )
    first = one(body, layer, value, gives)
    again = _activated(body, value)
    if chance.may("tied", 0.3) and isinstance(layer, dict) and layer["op"] in ("conv2d", "linear"):
        one(body, _tied(layer, str(first.reference)), again, gives)
        return
    if chance.may("share", 1.0):
        one(body, {"share": _plain(str(first.reference))}, again, gives)


def _repeated(body: Body, value: Value) -> None:
    """Call a layer that gives what it takes again, several times."""
    width = "in_channels" if value.kind == "map" else "in_features"
    layer, _ = plain(value, width, body.scope)
    if body.scope.chance.may("group", 0.3):
        layer = {"layers": {"mix": layer, "active": "relu"}}
    first = one(body, layer, value, value)
    again = _activated(body, value)
    times: object = 2 if body.counts else body.scope.count()
    place(body, {"share": _plain(str(first.reference))}, (again,), value, Control(times=times))


def _tied_below(body: Body, value: Value) -> None:
    """Share the weight of a layer in a group above."""
    layer, gives = plain(value, body.scope.width(), body.scope)
    assert isinstance(layer, dict)
    first = one(body, {"layers": {"inner": layer, "active": "relu"}}, value, gives)
    again = _activated(body, value)
    one(body, _tied(layer, f"{first.reference}.inner"), again, gives)


def _tied_above(body: Body, value: Value) -> None:
    """Share, in a group, the weight of a layer in the body around it."""
    layer, gives = plain(value, body.scope.width(), body.scope)
    assert isinstance(layer, dict)
    first = one(body, layer, value, gives)
    again = _activated(body, value)
    inside: Layer = {"active": "relu", "head": _tied(layer, str(first.reference))}
    if body.scope.chance.happens(0.3):
        inside = {"deep": {"layers": inside}}
    one(body, {"layers": inside}, again, gives)


def _activated(body: Body, value: Value) -> Value:
    layer, gives = activation(body.scope, value)
    return one(body, layer, value, gives)


def _tied(layer: Layer, reference: str) -> Layer:
    kept = ("op", "padding", "stride", "groups", "dilation")
    same = {key: value for key, value in layer.items() if key in kept}
    return {**same, "share": _plain(reference), "bias": False}


def _plain(reference: str) -> object:
    return int(reference) if reference.isdigit() else reference
