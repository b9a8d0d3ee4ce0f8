"""What a model gives."""

from collections.abc import Sequence

from support.random_specs.bodies import Body
from support.random_specs.operations import Layer
from support.random_specs.scope import Scope
from support.random_specs.units import finished
from support.random_specs.values import Value


def model_outputs(body: Body) -> Layer:
    """End a model: one value that gathers all, or several outputs."""
    chance = body.scope.chance
    several = len(set(body.unread)) > 1 and all(v.reference and v.certain for v in body.unread)
    if not several or not chance.may("model_outputs", 0.6):
        body.scope.chance = chance.without("several_outputs")
        keys = finished(body)[2]
        body.scope.chance = chance
        return keys
    return {"outputs": _written(body.scope, list(dict.fromkeys(body.unread)))}


def _written(scope: Scope, values: Sequence[Value]) -> object:
    """Write several outputs: a list or names, some there only sometimes."""
    items = [_output(scope, value, index) for index, value in enumerate(values)]
    if scope.chance.happens(0.5):
        return items
    return {f"out{index}": item for index, item in enumerate(items)}


def _output(scope: Scope, value: Value, index: int) -> object:
    assert value.reference is not None
    name: object = int(value.reference) if value.reference.isdigit() else value.reference
    keys: Layer = {"from": name}
    if index and scope.chance.may("when", 0.15):
        keys["when"] = scope.parameter("flag")
    if index and scope.chance.may("training", 0.25):
        keys["training"] = True
    return keys if len(keys) > 1 else name
