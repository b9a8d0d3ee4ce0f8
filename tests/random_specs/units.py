"""Groups and blocks: bodies within a spec, and what their callers know of what they give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from random_specs.bodies import Body, named_input
from random_specs.control import control, place
from random_specs.joins import gathered, one
from random_specs.operations import Layer
from random_specs.scope import Parameter, Scope
from random_specs.values import Kind, Place, Value, new_place, words

Grow = Callable[[Body, int], None]
"""Adds about so many layers to a body."""


@dataclass(slots=True)
class Unit:
    """A body that is finished, what it takes, and what it gives in its own terms."""

    body: Body
    inputs: tuple[Value, ...]
    gives: tuple[Value, ...]
    labels: tuple[str, ...] = ()
    keys: Layer = field(default_factory=dict)
    name: str = ""
    parameters: Mapping[str, Parameter] = field(default_factory=dict)
    units: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether it reads one value and gives one."""
        return len(self.inputs) == len(self.gives) == 1 and not self.labels

    def written(self) -> Layer:
        """Write the body's keys."""
        return {**self.keys, "layers": self.body.written()}


def unit(scope: Scope, kinds: Sequence[Kind], steps: int, grow: Grow) -> Unit:
    """Draw a body that reads values of these kinds."""
    chance = scope.chance
    names = [chance.pick(["x", "a", "left"]), "skip", "z"][: len(kinds)]
    names = names if len(kinds) > 1 else ["input"]
    inputs = tuple(
        named_input(name, kind, n) for n, (name, kind) in enumerate(zip(names, kinds, strict=True))
    )
    numbered = len(kinds) == 1 and chance.may("list", 0.35)
    body = Body(scope, inputs, numbered, numbered and chance.happens(0.8))
    keys: Layer = {} if len(kinds) == 1 else {"inputs": names}
    lets = _lets(body)
    grow(body, steps)
    if not body.layers:
        one(body, "identity", body.current, body.current)
    gives, labels, outputs = finished(body, kinds[0])
    keys |= {"let": lets} if _used(lets, body) else {}
    keys |= outputs | _order(body)
    return Unit(body, inputs, gives, labels, keys)


def _lets(body: Body) -> dict[str, object]:
    if not body.scope.chance.may("let", 0.25):
        return {}
    name = body.scope.free(("inner", "wide", "narrow_to"))
    value = body.scope.composed([width for item in body.inputs if (width := item.own_width)])
    body.scope.numbers.append(name)
    return {name: value}


def _used(lets: Mapping[str, object], body: Body) -> bool:
    """Keep a name that something may use: to know whether it does costs more than it gives."""
    return bool(lets)


def finished(body: Body, kind: Kind) -> tuple[tuple[Value, ...], tuple[str, ...], Layer]:
    """End a body: one value that gathers all, or several outputs."""
    chance = body.scope.chance
    unread = list(dict.fromkeys([*body.unread, body.current]))
    several = len(unread) > 1 and all(value.reference and value.certain for value in unread)
    if several and chance.may("several_outputs", 0.5):
        return _several(body, unread[-3:], unread[:-3])
    made = gathered(body, unread)
    for value in [value for value in body.unread if value != made]:
        made = gathered(body, [made, value])
    if made not in body.last and made.reference is None:
        return (made,), (), {}
    if (made != body.current or len(body.last) > 1) and not made.certain:
        made = one(body, "identity", made, replace(made, certain=True))
    if (made != body.current or len(body.last) > 1) and not _may_name(body):
        made = one(body, "identity", made, made)
    if made != body.current or len(body.last) > 1:
        return (made,), (), {"outputs": _reference(made)}
    if made.reference and made.certain and chance.may("several_outputs", 0.05):
        return (made,), (), {"outputs": _reference(made)}
    return (made,), (), {}


def _may_name(body: Body) -> bool:
    return bool(body.scope.chance.constructs & {"several_outputs", "model_outputs"})


def _several(
    body: Body, values: Sequence[Value], others: Sequence[Value]
) -> tuple[tuple[Value, ...], tuple[str, ...], Layer]:
    if others:
        made = gathered(body, others)
        values = [made, *values]
        values += [value for value in body.unread if value not in values]
    values = list(dict.fromkeys(values))
    if body.scope.chance.happens(0.5):
        labels = ("low", "high", "mid", "far", "near", "top")[: len(values)]
        pairs = zip(labels, values, strict=True)
        return tuple(values), labels, {"outputs": {k: _reference(v) for k, v in pairs}}
    return tuple(values), (), {"outputs": [_reference(value) for value in values]}


def _reference(value: Value) -> object:
    assert value.reference is not None
    return int(value.reference) if value.reference.isdigit() else value.reference


def _order(body: Body) -> Layer:
    names = [name for name, layer in body.layers if "{" not in name and not _spliced(layer)]
    if body.numbered or len(names) < 2 or not body.scope.chance.may("order", 0.1):
        return {}
    certain = [name for name, layer in body.layers if name in names and not _conditional(layer)]
    if len(certain) < 2:
        return {}
    return {"order": body.scope.chance.random.sample(certain, 2)}


def _spliced(layer: object) -> bool:
    return isinstance(layer, dict) and bool(layer.get("splice"))


def _conditional(layer: object) -> bool:
    return isinstance(layer, dict) and ("when" in layer or "repeat" in layer or "share" in layer)


# --- callers --------------------------------------------------------------------------------------


def seen(
    made: Unit, reads: Sequence[Value], known: Mapping[str, str | None], scope: Scope
) -> list[Value]:
    """Say what a unit gives in the terms of its caller."""
    places = {item.place: value.place for item, value in zip(made.inputs, reads, strict=True)}
    widths = dict(known)
    for item, value in zip(made.inputs, reads, strict=True):
        widths |= {item.width: value.width} if item.width else {}
    return [
        replace(
            value,
            certain=True,
            width=_width(value.width, widths, scope),
            place=_place(value.place, places),
        )
        for value in made.gives
    ]


def _width(width: str | None, known: Mapping[str, str | None], scope: Scope) -> str | None:
    if width is None or width in known:
        return None if width is None else known[width]
    outer = {*scope.numbers, *scope.outer, *scope.owner} - known.keys()
    return width if words(width) <= {*outer, "max", "min", "sum", "round"} else None


def _place(place: Place, places: Mapping[Place, Place]) -> Place:
    if place in places:
        return places[place]
    fixed = place == () or place[0] == "size"
    return place if fixed else new_place()


def group(body: Body, value: Value, steps: int, grow: Grow) -> None:
    """Add a group that reads a value."""
    chosen = control(body, value, group=True)
    scope = body.scope.inner(indexed=chosen.repeated)
    made = unit(scope, (value.kind,), steps, grow)
    if chosen.splice and not _can_splice(body, made):
        chosen = replace(chosen, splice=None)
    if not made.single or made.gives[0].kind != value.kind:
        _several_given(body, made, [value])
        return
    (gives,) = seen(made, [value], {}, body.scope)
    layer: Layer | list[object] = made.written()
    listed = made.body.written()
    if isinstance(listed, list) and not made.keys and body.scope.chance.happens(0.5):
        layer = listed
    name = f"spliced{next(body.counter)}" if chosen.splice and not body.numbered else None
    given = place(body, layer, (value,), gives, chosen, name)
    if chosen.splice and not body.numbered:
        body.taken |= _names(made)
        last = made.gives[0].reference
        if chosen.when is None and made.gives[0] == made.body.current and last != "input":
            body.replace_last(replace(given, reference=last))


def _names(made: Unit) -> set[str]:
    return {name for name, _ in made.body.layers}


def _can_splice(body: Body, made: Unit) -> bool:
    """Say whether the names of a group's layers are free where it stands."""
    if body.numbered:
        return made.body.numbered
    known = {name for name, _ in body.layers} | body.taken
    plain = not any(_spliced(layer) or "{" in name for name, layer in made.body.layers)
    return plain and not made.body.chain and not known & _names(made)


def _several_given(body: Body, made: Unit, reads: Sequence[Value]) -> None:
    gives = seen(made, reads, {}, body.scope)
    body.add(made.written(), reads, gives, labels=made.labels)


def wide_group(body: Body, reads: Sequence[Value], steps: int, grow: Grow) -> None:
    """Add a group that reads several values."""
    made = unit(body.scope.inner(), [value.kind for value in reads], steps, grow)
    _several_given(body, made, reads)


def call(body: Body, made: Unit, reads: Sequence[Value]) -> None:
    """Add an instance of a block."""
    if made.single and made.gives[0].kind == reads[0].kind:
        _single_call(body, made, reads[0])
        return
    arguments, known = _arguments(body.scope, made, reads)
    gives = seen(made, reads, known, body.scope)
    body.add({"block": made.name, **arguments}, reads, gives, labels=made.labels)


def _single_call(body: Body, made: Unit, value: Value) -> None:
    chosen = control(body, value)
    scope = body.scope.inner(indexed=True) if chosen.repeated else body.scope
    arguments, known = _arguments(scope, made, [value])
    layer: Layer = {"block": made.name, **arguments}
    first = _first(scope, made, value) if chosen.repeated else {}
    if first:
        layer["first"] = first
        known = {name: None if name in first else text for name, text in known.items()}
    if body.scope.chance.may("trainable", 0.06):
        layer["trainable"] = False
    (gives,) = seen(made, [value], known, body.scope)
    if first and (gives.place != value.place or "width" in _roles(made, first)):
        gives = gives.blurred()
    splice = None if made.body.numbered is False else chosen.splice
    place(body, layer, (value,), gives, replace(chosen, splice=splice))


def _roles(made: Unit, names: Mapping[str, object]) -> set[str]:
    return {made.parameters[name].role for name in names}


def _first(scope: Scope, made: Unit, value: Value) -> Layer:
    numbers = [p for p in made.parameters.values() if p.role in ("stride", "width", "kernel")]
    if not numbers or not scope.chance.may("first", 0.4):
        return {}
    parameter = scope.chance.pick(numbers)
    if parameter.role == "width":
        return {parameter.name: scope.written(scope.width(value.own_width))}
    return {parameter.name: scope.some(parameter.role)}


def _arguments(
    scope: Scope, made: Unit, reads: Sequence[Value]
) -> tuple[Layer, dict[str, str | None]]:
    """Draw the arguments of a block, and what is known of the widths among them."""
    arguments: Layer = {}
    known: dict[str, str | None] = {}
    widths = [value.own_width for value in reads if _is_word(value)]
    for parameter in made.parameters.values():
        if parameter.role == "layer":
            _layer_argument(scope, parameter, arguments)
            continue
        if parameter.required or scope.chance.happens(0.4):
            value = scope.argument(parameter, widths[0] if widths else None)
            arguments[parameter.name] = value
        default = parameter.written if isinstance(parameter.written, int) else None
        chosen = arguments.get(parameter.name, default)
        known[parameter.name] = None if chosen is None else str(chosen)
    return arguments, known


def _is_word(value: Value) -> bool:
    return value.name is not None and value.name.isidentifier()


ACTIVATIONS = (
    "relu",
    "gelu",
    "identity",
    {"op": "dropout", "p": 0.25},
    {"op": "leaky_relu", "negative_slope": 0.1},
)


def _layer_argument(scope: Scope, parameter: Parameter, arguments: Layer) -> None:
    if parameter.required or scope.chance.happens(0.5):
        passed = [item.name for item in scope.owner.values() if item.role == "layer"]
        choices: list[object] = [*ACTIVATIONS, *passed]
        arguments[parameter.name] = scope.chance.pick(choices)
