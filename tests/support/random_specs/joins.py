"""Bring values to one shape, and join them."""

from collections.abc import Sequence
from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.operations import Layer, plain
from support.random_specs.values import Value, new_place

FLATTENED = 4
"""A flattened map is as wide as if so many joins had made it."""


def as_kind(body: Body, value: Value, kind: str) -> Value:
    """Turn a value into another kind."""
    if value.kind == kind:
        return value
    if value.kind == "tokens":
        width = body.scope.width()
        layer: Layer = {"op": "embedding", "num_embeddings": 10}
        layer["embedding_dim"] = body.scope.written(width)
        value = one(body, layer, value, replace(value, kind="sequence", width=width))
        return as_kind(body, value, kind)
    steps = {"map": from_map, "sequence": from_sequence, "vector": from_vector}
    return steps[value.kind](body, value, kind)


def one(body: Body, layer: Layer | str, value: Value, gives: Value) -> Value:
    """Add a layer that reads one value and gives one."""
    return body.add(layer, (value,), (gives,))[0]


def from_map(body: Body, value: Value, kind: str) -> Value:
    """Turn a map into a sequence or a vector."""
    if kind == "sequence":
        flat = one(body, {"op": "flatten", "start_dim": 2}, value, replace(value, kind="other"))
        back = replace(value, kind="sequence", place=("flat", value.place))
        if body.scope.chance.happens(0.5):
            return one(body, {"op": "permute", "dims": [0, 2, 1]}, flat, back)
        return one(body, {"op": "transpose", "dim0": 1, "dim1": 2}, flat, back)
    if body.scope.chance.happens(0.4):
        gives = replace(value, kind="vector", place=())
        return one(body, {"op": "mean", "dim": [2, 3]}, value, gives)
    if not body.scope.free_sizes and body.scope.chance.happens(0.15):
        gives = replace(value, kind="vector", place=(), width=None, grown=FLATTENED)
        return one(body, "flatten", value, gives)
    small = replace(value, place=("size", 1))
    pooled = one(body, {"op": "adaptive_avg_pool2d", "output_size": 1}, value, small)
    return one(body, "flatten", pooled, replace(pooled, kind="vector", place=()))


def from_sequence(body: Body, value: Value, kind: str) -> Value:
    """Turn a sequence into a vector or a map."""
    if kind == "vector":
        layer: Layer = {"op": "mean", "dim": 1}
        if body.scope.chance.happens(0.4):
            layer = {"op": "select", "dim": 1, "index": 0}
        return one(body, layer, value, replace(value, kind="vector", place=()))
    turned = {"op": "transpose", "dim0": 1, "dim1": 2}
    flat = one(body, turned, value, replace(value, kind="other"))
    place = ("unflat", value.place)
    layer = {"op": "unflatten", "dim": -1, "unflattened_size": [-1, 1]}
    return one(body, layer, flat, replace(value, kind="map", place=place))


def from_vector(body: Body, value: Value, kind: str) -> Value:
    """Turn a vector into a sequence or a map of one place."""
    if kind == "sequence":
        gives = replace(value, kind="sequence", place=("size", "one"))
        return one(body, {"op": "unsqueeze", "dim": 1}, value, gives)
    batch = f"{body.inputs[0].name}.batch"
    gives = replace(value, kind="map", place=("size", 1))
    return one(body, {"op": "reshape", "shape": [batch, -1, 1, 1]}, value, gives)


def at_place(body: Body, value: Value, target: Value) -> Value:
    """Bring a value to the place of another, or both to one."""
    if value.place == target.place or value.kind not in ("map", "sequence"):
        return value
    if value.kind == "map" and target.name is not None:
        size = f"{target.name}.shape[2:]"
        layer: Layer = {"op": "interpolate", "size": size}
        if body.scope.chance.happens(0.3):
            layer["mode"] = "bilinear"
        return one(body, layer, value, replace(value, place=target.place))
    return value


def pooled(body: Body, value: Value, size: int) -> Value:
    """Bring a value to a fixed place."""
    if value.kind == "map":
        layer: Layer = {"op": "adaptive_avg_pool2d", "output_size": size}
        return one(body, layer, value, replace(value, place=("size", size)))
    return as_kind(body, as_kind(body, value, "vector"), value.kind)


def aligned(body: Body, values: Sequence[Value]) -> list[Value]:
    """Bring values to one kind and one place."""
    kind = values[0].kind if values[0].kind != "tokens" else "sequence"
    made = [as_kind(body, value, kind) for value in values]
    made = [made[0], *(at_place(body, value, made[0]) for value in made[1:])]
    if all(value.place == made[0].place for value in made):
        return made
    size = body.scope.chance.number(1, 3)
    return [pooled(body, value, size) for value in made]


def of_width(body: Body, values: Sequence[Value]) -> list[Value]:
    """Bring values to one width."""
    width = next((v.known_width for v in values if v.known_width), None)
    if width is None or ("." in width and body.scope.chance.happens(0.2)):
        width = body.scope.width()
    return [
        value if value.width == width else one(body, *_projected(body, value, width))
        for value in values
    ]


def _projected(body: Body, value: Value, width: str) -> tuple[Layer | str, Value, Value]:
    layer, gives = plain(value, width, body.scope)
    return layer, value, gives


def join(body: Body, values: Sequence[Value]) -> Value:
    """Join several values into one."""
    made = aligned(body, values)
    axis = {"map": 1, "sequence": 2, "vector": 1}[made[0].kind]
    if body.scope.chance.happens(0.45):
        layer: Layer = {"op": "cat", "dim": axis if body.scope.chance.happens(0.8) else _last(made)}
        gives = joined(made)
        return body.add(layer, made, (gives,))[0]
    made = of_width(body, made)
    word = body.scope.chance.weighted({"add": 6, "mul": 2, "sub": 0.5, "maximum": 0.5})
    if word in ("sub", "maximum") and len(made) != 2:
        word = "add"
    return body.add(word, made, (replace(made[0], place=made[0].place),))[0]


def joined(values: Sequence[Value]) -> Value:
    """Give several values side by side."""
    width = total([value.width for value in values])
    return replace(values[0], width=width, grown=1 + max(value.grown for value in values))


def narrowed(body: Body, value: Value, most: int) -> Value:
    """Say the width of a value anew that has grown by more joins than so many."""
    if value.grown <= most or value.kind not in ("map", "sequence", "vector"):
        return value
    return one(body, *_projected(body, value, body.scope.width()))


def _last(values: Sequence[Value]) -> int:
    return -3 if values[0].kind == "map" else -1


def total(widths: Sequence[str | None]) -> str | None:
    """Write the sum of widths that can be written.

    >>> total(["planes", "4"]), total(["planes", None])
    ('planes + 4', None)
    """
    known = [width for width in widths if width is not None]
    if len(known) < len(widths) or len(known) > 2:
        return None
    return " + ".join(width if " " not in width else f"({width})" for width in known)


def gathered(body: Body, values: Sequence[Value]) -> Value:
    """Join all values, whatever they are, so that nothing is left unread."""
    values = list(dict.fromkeys(values))
    if len(values) == 1:
        return values[0] if values[0].kind != "tokens" else as_kind(body, values[0], "sequence")
    return join(body, values)


__all__ = ["aligned", "as_kind", "gathered", "join", "new_place", "of_width", "one", "total"]
