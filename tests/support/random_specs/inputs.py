"""What a model reads."""

from support.random_specs.scope import Scope
from support.random_specs.values import Kind, Value

Shapes = dict[str, object]


def model_inputs(scope: Scope) -> tuple[tuple[Value, ...], Shapes]:
    """Draw the inputs of a model, and how they are written."""
    chance, free = scope.chance, scope.free_sizes
    if chance.may("model_inputs", 0.2):
        shapes = {"image": _shape(scope, "map"), "other": _shape(scope, "map")}
        if chance.happens(0.5):
            shapes["other"] = {"shape": ["N", 4], "dtype": "int64"}
        named = enumerate(shapes.items())
        return tuple(_value(name, shape, n) for n, (name, shape) in named), {"inputs": shapes}
    kind: Kind = "map"
    if not free:
        kind = chance.weighted({"map": 6, "sequence": 1, "tokens": 0.7, "vector": 0.4})
    shape = _shape(scope, kind)
    return (_value("input", shape, 0),), {"input": shape}


def _shape(scope: Scope, kind: Kind) -> object:
    chance = scope.chance
    if kind == "map":
        sizes = ["H", "W"] if scope.free_sizes else _sizes(scope)
        given = chance.may("input_parameter", 0.08)
        return ["N", scope.parameter("width") if given else chance.number(2, 4), *sizes]
    if kind == "tokens":
        return {"shape": ["N", chance.number(2, 6)], "dtype": "int64"}
    return ["N", *([5] if kind == "sequence" else []), chance.number(2, 6)]


def _sizes(scope: Scope) -> list[object]:
    size: object = scope.chance.pick([8, 9, 12, 16])
    if scope.chance.may("input_parameter", 0.1):
        size = scope.parameter("side")
    return [size, scope.chance.pick([size, 10])]


def _value(name: str, shape: object, number: int) -> Value:
    if isinstance(shape, dict):
        return Value("tokens", None, ("in", number), name, name)
    assert isinstance(shape, list)
    kinds: dict[int, Kind] = {4: "map", 3: "sequence", 2: "vector"}
    kind = kinds[len(shape)]
    width = str(shape[1] if kind == "map" else shape[-1])
    return Value(kind, width, ("in", number), name, name)
