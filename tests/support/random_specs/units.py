"""Groups and blocks: bodies within a spec, what they take and what they give."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from support.random_specs.bodies import Body, named_input
from support.random_specs.joins import as_kind, gathered, narrowed, one
from support.random_specs.operations import Layer
from support.random_specs.scope import Parameter, Scope
from support.random_specs.values import Kind, Value

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
    is_file: bool = False
    taps: tuple[str, ...] = ()

    @property
    def single(self) -> bool:
        """Whether it reads one value and gives one."""
        return len(self.inputs) == len(self.gives) == 1 and not self.labels

    def written(self) -> Layer:
        """Write the body's keys."""
        return {**self.keys, "layers": self.body.written()}

    def as_block(self) -> Layer:
        """Write it as a block, what is required first."""
        required = sorted(self.parameters.values(), key=lambda item: not item.required)
        params = {item.name: item.written for item in required}
        return ({"params": params} if params else {}) | self.written()

    def called(self) -> Layer:
        """Write the keys of a layer that say what it calls."""
        if not self.is_file:
            return {"block": self.name}
        return {"spec": self.name} | ({"taps": list(self.taps)} if self.taps else {})


def unit(
    scope: Scope, kinds: Sequence[Kind], steps: int, grow: Grow, *, steady: bool = False
) -> Unit:
    """Draw a body that reads values of these kinds; a `steady` one gives one of the first kind."""
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
    gives, labels, outputs = finished(body, kinds[0] if steady else None)
    keys |= {"let": lets} if lets else {}
    keys |= outputs | _order(body)
    return Unit(body, inputs, gives, labels, keys)


def _lets(body: Body) -> dict[str, object]:
    made = _stage(body.scope) if body.scope.indexed else {}
    return made | _width_let(body)


def _stage(scope: Scope) -> dict[str, object]:
    """Name the repetition, for the layers that count themselves."""
    if not scope.chance.may("stage", 0.35):
        return {}
    name = scope.free(("stage", "row", "part"))
    scope.stages.append(name)
    return {name: scope.chance.pick(["index", "index", "index + 1", "2 * index"])}


def _width_let(body: Body) -> dict[str, object]:
    if not body.scope.chance.may("let", 0.25):
        return {}
    name = body.scope.free(("inner", "wide", "narrow_to"))
    value = body.scope.composed([width for item in body.inputs if (width := item.own_width)])
    body.scope.numbers.append(name)
    return {name: value}


def finished(
    body: Body, kind: Kind | None = None
) -> tuple[tuple[Value, ...], tuple[str, ...], Layer]:
    """End a body: one value that gathers all, of a kind if it must be, or several outputs."""
    chance = body.scope.chance
    unread = list(dict.fromkeys([*body.unread, body.current]))
    several = len(unread) > 1 and all(value.reference and value.certain for value in unread)
    if several and kind is None and chance.may("several_outputs", 0.5):
        return _several(body, unread[-3:], unread[:-3])
    made = gathered(body, unread)
    for value in [value for value in body.unread if value != made]:
        made = gathered(body, [made, value])
    made = made if kind is None else as_kind(body, made, kind)
    made = narrowed(body, made, 1)
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
    names = [name for name, layer in body.layers if "{" not in name and not spliced(layer)]
    if body.numbered or len(names) < 2 or not body.scope.chance.may("order", 0.1):
        return {}
    certain = [name for name, layer in body.layers if name in names and not conditional(layer)]
    if len(certain) < 2:
        return {}
    return {"order": body.scope.chance.random.sample(certain, 2)}


def spliced(layer: object) -> bool:
    """Say whether a layer's name is left out."""
    return isinstance(layer, dict) and bool(layer.get("splice"))


def conditional(layer: object) -> bool:
    """Say whether a layer may be absent, several, or not its own."""
    return isinstance(layer, dict) and ("when" in layer or "repeat" in layer or "share" in layer)
