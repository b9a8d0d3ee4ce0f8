"""What networks are made of: several layers that belong together."""

from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.calls import ACTIVATIONS
from support.random_specs.control import Control, place
from support.random_specs.joins import one
from support.random_specs.operations import Layer, in_place, plain
from support.random_specs.scope import Parameter
from support.random_specs.values import Value, after, new_place

LADDER = frozenset(["placeholder", "repeat", "several_inputs", "group", "index"])
"""What a ladder is made of."""


def residual(body: Body, value: Value) -> None:
    """Add a projection shortcut, only where the shape changes."""
    scope = body.scope
    width, stride = scope.width(value.own_width if spoken(value) else None), scope.some("stride")
    wanted = replace(value, width=width, place=after(value.place, "stride", str(stride)))
    if stride == 1:
        wanted = replace(wanted, place=value.place)
    layer: Layer = {"op": "conv2d", "out_channels": scope.written(width), "kernel_size": 3}
    main = one(body, layer | {"stride": stride, "padding": 1, "bias": False}, value, wanted)
    if scope.chance.happens(0.6):
        main = one(body, "batch_norm2d", main, main)
    if not spoken(value) or body.counts:
        return
    short: Layer = {"op": "conv2d", "out_channels": scope.written(width), "kernel_size": 1}
    short["stride"] = stride
    inside = short
    if scope.chance.may("group", 0.6) and "." not in width:
        inside = {"layers": {"project": short, "bn": "batch_norm2d"}}
        if scope.chance.may("list", 0.5):
            inside = {"layers": [short, "batch_norm2d"]}
    condition = f"{stride} != 1 or {value.own_width} != {_inside(width)}"
    down = place(body, inside, (value,), wanted, _when(body, condition))
    down = replace(down, width=width, place=wanted.place)
    body.replace_last(down)
    body.add("add", (main, down), (main,))


def _when(body: Body, condition: str) -> Control:
    return Control(when=condition if "when" in body.scope.chance.constructs else None)


def _inside(width: str) -> str:
    return f"({width})" if " " in width else width


def spoken(value: Value) -> bool:
    """Say whether expressions can call it by its name."""
    return value.name is not None and value.name.isidentifier() and not value.name.isdigit()


def conditional_join(body: Body, value: Value) -> None:
    """Add a sum that is there only where the shape allows it."""
    scope = body.scope
    width, stride = scope.width(), scope.some("stride")
    layer: Layer = {"op": "conv2d", "out_channels": scope.written(width), "kernel_size": 3}
    place_ = value.place if stride == 1 else after(value.place, "stride", str(stride))
    gives = replace(value, width=width, place=place_)
    main = one(body, layer | {"stride": stride, "padding": 1}, value, gives)
    condition = f"{stride} == 1 and {value.own_width} == {_inside(width)}"
    if spoken(value) and "when" in scope.chance.constructs and not body.counts:
        body.add({"op": "add", "when": condition}, (main, value), (replace(main, certain=False),))


def dense(body: Body, value: Value) -> None:
    """Add channels to what it reads."""
    made, gives = plain(value, body.scope.width(), body.scope)
    grown = one(body, made, value, gives)
    axis = 2 if value.kind == "sequence" else 1
    layer: Layer = {"op": "cat", "dim": axis}
    wide = replace(value, width=None, grown=value.grown + 1)
    body.add(layer, (value, grown), (wide,))


def squeeze(body: Body, value: Value) -> None:
    """Factors for the channels, from a pooled copy."""
    small = replace(value, place=("size", 1))
    pooled = one(body, {"op": "adaptive_avg_pool2d", "output_size": 1}, value, small)
    factors = one(body, body.scope.chance.pick(["sigmoid", "hardsigmoid"]), pooled, small)
    pair = (value, factors) if body.scope.chance.happens(0.5) else (factors, value)
    body.add("mul", pair, (value,))


def scaled(body: Body, value: Value) -> None:
    """Multiply by a weight of its own, or add it."""
    if not spoken(value):
        return
    scope = body.scope
    shape: list[object] = [value.own_width, 1, 1] if value.kind == "map" else [value.own_width]
    layer: Layer = {"op": "parameter", "shape": shape}
    if scope.chance.may("init", 0.6):
        layer["init"] = scope.chance.pick([0.5, {"normal": {"std": 0.02}}, {"uniform": {"a": 0}}])
    gives = replace(value, place=new_place())
    (weight,) = body.add(layer, (), (gives,))
    body.forget(weight)
    body.add(scope.chance.pick(["mul", "add"]), (weight, value), (value,))


def parameter_layer(body: Body, value: Value) -> None:
    """Use a layer that is a parameter."""
    scope = body.scope
    known = [p.name for p in (*scope.owner.values(), *scope.outer.values()) if p.role == "layer"]
    if not known or scope.chance.happens(0.4):
        name = scope.free(("activation", "act", "activate"))
        scope.owner[name] = _layer_parameter(body, name)
        known = [name]
    one(body, {"op": scope.chance.pick(known)}, value, value)


def _layer_parameter(body: Body, name: str) -> Parameter:
    chance = body.scope.chance
    if body.scope.is_block and chance.happens(0.4):
        return Parameter(name, "layer", "layer", required=True)
    choices: list[Layer]
    choices = [{"op": "relu"}, *(layer for layer in ACTIVATIONS if not isinstance(layer, str))]
    written: Layer = chance.pick(choices)
    return Parameter(name, "layer", in_place(body.scope, written, literals=True))


def may_ladder(body: Body, value: Value) -> bool:
    """Say whether a ladder may stand here: its layers have names."""
    return value.kind == "map" and body.scope.chance.constructs >= LADDER and not body.numbered


def ladder(body: Body, value: Value) -> None:
    """Go down a few steps and up again, as a U-Net does: `index` counts in `from`."""
    scope, number = body.scope, next(body.counter)
    depth: object = scope.chance.pick([2, scope.parameter("depth")])
    width = scope.written(scope.parameter("width"))
    down: Layer = {"op": "conv2d", "out_channels": width, "kernel_size": 3, "stride": 2}
    down |= {"padding": 1, "repeat": depth}
    body.add(down, (value,), (value,), name=f"down{number}-{{index + 1}}", anonymous=True)
    inner: Layer = {
        "up": {"op": "interpolate", "from": "x", "size": "skip.shape[2:]"},
        "cat": {"op": "cat", "from": ["up", "skip"], "dim": 1},
        "conv": {"op": "conv2d", "out_channels": width, "kernel_size": 1},
    }
    names = [f"down{number}-{{{depth}}}", f"down{number}-{{{depth} - index}}"]
    up: Layer = {"from": names, "repeat": depth, "inputs": ["x", "skip"], "layers": inner}
    gives = replace(value, width=str(width), place=new_place(), reference=None, name=None)
    body.add(up, body.last, (gives,), name=f"up{number}-{{index}}", anonymous=True)
