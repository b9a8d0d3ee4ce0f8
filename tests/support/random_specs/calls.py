"""What calls groups and blocks, and what it knows of what they give."""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from support.random_specs.bodies import Body
from support.random_specs.control import control, place
from support.random_specs.operations import Layer, in_place
from support.random_specs.scope import Parameter, Scope
from support.random_specs.units import Grow, Unit, spliced, unit
from support.random_specs.values import Place, Value, new_place, words


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
            grown=value.grown + max(item.grown for item in reads),
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
    made = unit(scope, (value.kind,), steps, grow, steady=chosen.repeated)
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
    plain = not any(spliced(layer) or "{" in name for name, layer in made.body.layers)
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
    body.add({**made.called(), **arguments}, reads, gives, labels=made.labels)


def _single_call(body: Body, made: Unit, value: Value) -> None:
    chosen = control(body, value)
    scope = body.scope.inner(indexed=True) if chosen.repeated else body.scope
    arguments, known = _arguments(scope, made, [value])
    layer: Layer = {**made.called(), **arguments}
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


ACTIVATIONS: tuple[Layer | str, ...] = (
    "relu",
    "gelu",
    "identity",
    {"op": "dropout", "p": 0.25},
    {"op": "leaky_relu", "negative_slope": 0.1},
)


def _layer_argument(scope: Scope, parameter: Parameter, arguments: Layer) -> None:
    if parameter.required or scope.chance.happens(0.5):
        passed = [item.name for item in scope.owner.values() if item.role == "layer"]
        choices: list[Layer | str] = [*ACTIVATIONS, *passed]
        arguments[parameter.name] = in_place(scope, scope.chance.pick(choices), literals=True)
