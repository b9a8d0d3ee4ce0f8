"""The control keys of a layer, and what they change of what it gives."""

from collections.abc import Sequence
from dataclasses import dataclass, replace

from support.random_specs.bodies import Body, mapping
from support.random_specs.operations import Layer
from support.random_specs.scope import Scope
from support.random_specs.values import Value, new_place, words


@dataclass(frozen=True, slots=True)
class Control:
    """The control keys that a layer gets, and the name if that is a template.

    `times` is `repeat`; `steady` says that there is at least one repetition.
    """

    when: object = None
    times: object = None
    splice: object = None
    name: str | None = None

    @property
    def repeated(self) -> bool:
        """Whether the layer is repeated."""
        return self.times is not None

    def keys(self) -> Layer:
        """Write the keys."""
        keys = {"when": self.when, "repeat": self.times, "splice": self.splice}
        return {key: value for key, value in keys.items() if value is not None}


def control(body: Body, value: Value, *, group: bool = False) -> Control:
    """Draw the control keys for a layer that reads one value."""
    chance, scope = body.scope.chance, body.scope
    when = times = splice = name = None
    if not body.counts and chance.may("when", 0.12):
        when = scope.condition(
            value.own_width if value.name and value.name.isidentifier() else None
        )
    if chance.may("repeat", 0.2):
        times = chance.number(1, 3) if body.counts else scope.count()
    if body.numbered and body.chain and (group or times) and chance.may("splice", 0.4):
        splice = chance.pick([True, "all"]) if group else True
    elif not body.numbered and group and times is None and chance.may("splice", 0.25):
        splice = True
    elif times is not None and not body.numbered and chance.may("placeholder", 0.25):
        times, name = _template(body)
    return Control(when, times, splice, name)


def _template(body: Body) -> tuple[object, str]:
    """Draw a name with a placeholder, and how many there are."""
    times: object = body.scope.parameter("depth") if body.scope.chance.happens(0.5) else 2
    base = body.scope.chance.pick(["block", "stage-", "layer_", "m"])
    number, count = next(body.counter), body.scope.chance.pick(["index", "index + 1"])
    if body.scope.stages and body.scope.chance.happens(0.5):
        base = f"{base}{{{body.scope.stages[-1]} + 1}}-"
    return times, f"{base}{number}-{{{count}}}"


def place(
    body: Body,
    layer: Layer | str | list[object],
    reads: Sequence[Value],
    gives: Value,
    chosen: Control,
    name: str | None = None,
) -> Value:
    """Add a layer that gives one value, with its control keys."""
    keys = chosen.keys()
    if keys:
        layer = _in_order(mapping(layer), keys)
    value = after_control(reads[0], gives, chosen, body.scope)
    if "index" in words(value.width or "") and not body.scope.indexed:
        value = replace(value, width=None)
    anonymous = bool(chosen.splice) or chosen.name is not None or _unnumbered(body, chosen)
    (made,) = body.add(layer, reads, (value,), name=chosen.name or name, anonymous=anonymous)
    return made


def _unnumbered(body: Body, chosen: Control) -> bool:
    """Say whether a list's layer may have another number than it seems to have."""
    return body.numbered and body.chain


def _in_order(layer: Layer, keys: Layer) -> Layer:
    head = {key: value for key, value in layer.items() if key != "layers"}
    tail = {key: value for key, value in layer.items() if key == "layers"}
    return head | keys | tail


def after_control(read: Value, gives: Value, chosen: Control, scope: Scope) -> Value:
    """Forget what is only known for some conditions and repetitions."""
    if chosen.repeated:
        gives = _repeated(read, gives, chosen)
    if chosen.when is None:
        return gives
    width = gives.width if gives.width == read.width else None
    place = gives.place if gives.place == read.place else new_place()
    return replace(gives, width=width, place=place, certain=False)


def _repeated(read: Value, gives: Value, chosen: Control) -> Value:
    certain = isinstance(chosen.times, int) and chosen.times > 0
    width = gives.width
    if width != read.width and (not certain or width is None or "index" in words(width)):
        width = None
    if width is not None and read.own_width is not None and read.own_width in width:
        width = width if width == read.width else None
    place = gives.place if gives.place == read.place or chosen.times == 1 else new_place()
    more = max(0, gives.grown - read.grown)
    certain = certain and gives.certain
    return replace(gives, width=width, place=place, certain=certain, grown=gives.grown + 2 * more)
