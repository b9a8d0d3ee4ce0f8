"""Layers that ask something of free sizes."""

from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.joins import one
from support.random_specs.values import Value, new_place


def may_halve(body: Body, value: Value) -> bool:
    """Say whether a map has free sizes that nothing but strides has changed."""
    if not (body.top and body.scope.free_sizes and value.kind == "map"):
        return False
    steps = value.place[2:]
    return value.place[0] == "in" and all(step in ("stride", "1", "2") for step in steps)


def down_and_up(body: Body, value: Value) -> None:
    """Halve a map, double it again, and join it with what it was: an even size is needed."""
    chance = body.scope.chance
    small = replace(value, place=new_place())
    half = one(
        body, {"op": chance.pick(["max_pool2d", "avg_pool2d"]), "kernel_size": 2}, value, small
    )
    up = one(body, {"op": "upsample", "scale_factor": 2}, half, value)
    if chance.happens(0.5):
        body.add("add", (value, up), (value,))
        return
    body.add({"op": "cat", "dim": 1}, (up, value), (replace(value, width=None),))
