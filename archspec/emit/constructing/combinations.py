"""Hold that the conditions of a class were seen together in every way that changes a size."""

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from itertools import product
from typing import NamedTuple, TypeVar

from archspec.diagnostics import Problem
from archspec.document import Layer
from archspec.emit.naming.names import Names
from archspec.emit.naming.sizes import Sized
from archspec.emit.slots import BodyUse, CannotSay, Slot
from archspec.emit.tracing.facts import constants
from archspec.emit.tracing.trace import Context, Traced
from archspec.expressions import Scope, evaluate, parse
from archspec.graph import Port
from archspec.sizes import Tensor

T = TypeVar("T")

MOST = 6
"""The most conditions whose combinations are looked at one by one."""


class Switch(NamedTuple):
    """A layer that may be absent: so many bodies up, in the body of that group, under its key."""

    up: int
    group: str
    key: str


class Seen(NamedTuple):
    """A switch in one use: whether the layer is there, how it is written, and in which body."""

    present: bool
    key: str
    layer: Layer
    body: BodyUse

    @property
    def context(self) -> Context:
        """What the layer's keys may mention."""
        return self.body.context

    @property
    def traced(self) -> Traced | None:
        """The layer's sizes, where it is there under a name of its own."""
        name = self.body.module.names.get(self.key, self.key)
        return self.body.trace.nodes.get((*self.body.path, name))


States = Mapping[Switch, Seen]


def checked(slot: Slot, names: Names, write: Callable[[Slot], Iterable[T]]) -> list[T]:
    """Write a layer; where it says sizes, those must hold under all conditions above it."""
    before = names.requests
    written = list(write(slot))
    if names.requests > before:
        check_combinations(slot, names)
    return written


def check_combinations(slot: Slot, names: Names) -> None:
    """Refuse a layer whose sizes may be others where conditions come together as in no use.

    A layer reads sizes that those above it make, and each of them may be absent. The class is held
    against the uses at hand, so all combinations that can be must be among them.
    """
    states = [dict(_switches(body)) for body in slot.bodies]
    varying = [
        item for item in states[0] if len({s[item].present for s in states if item in s}) > 1
    ]
    before = [item for item in varying if _is_before(item, slot)]
    matter = [item for item in before if _is_visible(item, states, names)]
    if not matter:
        return
    there = [
        state
        for state, body in zip(states, slot.bodies, strict=True)
        if not any(body is other for other in slot.absent)
    ]
    seen = {tuple(s[item].present for item in matter) for s in there if all(i in s for i in matter)}
    own = {item: s for item, s in states[0].items() if item == Switch(0, "", slot.key)}
    every = product((True, False), repeat=len(matter)) if len(matter) <= MOST else ((),)
    for combination in every:
        if combination not in seen and _can_be(matter, combination, states[0], own):
            raise CannotSay(f"layer `{slot.key}` is not seen under all conditions above it")


def _switches(body: BodyUse) -> Iterator[tuple[Switch, Seen]]:
    """Give the layers that may be absent in a body, the bodies around it, and their groups."""
    prefixes = [body.path[:n] for n in range(len(body.path), -1, -1)]
    known = [path for path in prefixes if path in body.trace.bodies]
    for up, path in enumerate(known):
        outer = BodyUse(body.trace, path, body.trace.bodies[path].module)
        yield from _in_body(outer, up, "")
        for key, name in outer.module.names.items():
            inner = (*path, name)
            if inner in body.trace.bodies and inner != body.path[: len(inner)]:
                module = body.trace.bodies[inner].module
                yield from _in_body(BodyUse(body.trace, inner, module), up, key)


def _in_body(body: BodyUse, up: int, group: str) -> Iterator[tuple[Switch, Seen]]:
    definition = body.module.definition
    for key, layer in definition.layers.items() if definition is not None else ():
        if isinstance(layer.when, str) or isinstance(layer.repeat, str):
            present = key not in body.module.absent
            yield Switch(up, group, key), Seen(present, key, layer, body)


def _is_before(item: Switch, slot: Slot) -> bool:
    """Say whether a switch stands above a layer, as far as its own body tells."""
    definition = slot.bodies[0].module.definition
    keys = list(definition.layers) if definition is not None else []
    name = item.group or item.key
    if item.up or name not in keys:
        return True
    return keys.index(name) < keys.index(slot.key)


# --- whether it matters ---------------------------------------------------------------------------


def _is_visible(item: Switch, states: Sequence[States], names: Names) -> bool:
    """Say whether what follows can tell by its sizes that a layer is there."""
    known = [state[item] for state in states if item in state]
    gives = next((seen.traced for seen in known if seen.present and seen.traced), None)
    if gives is None or len(gives.outputs) != 1:
        return True
    absent = (seen for seen in known if not seen.present)
    return not all(_stands_in(gives.outputs[0], seen, names) for seen in absent)


def _stands_in(gives: Tensor, seen: Seen, names: Names) -> bool:
    """Say whether a layer's sizes hold where another value stands in for it."""
    port = seen.body.module.absent[seen.key]
    tensor = seen.context.tensors.get(port.name) if port == Port(port.name) else None
    if tensor is None or tensor.rank != gives.rank:
        return False
    sizes = zip(gives.shape, tensor.shape, strict=True)
    indices = seen.context.indices
    return all(names.sizes.agrees(a, Sized(seen.body.trace, b, indices)) for a, b in sizes)


# --- whether it can be ----------------------------------------------------------------------------


def _can_be(
    items: Sequence[Switch], combination: tuple[bool, ...], states: States, own: States
) -> bool:
    """Say whether conditions may be true and false like this: `a == 1` and `a != 1` cannot."""
    wanted = [(states[item], holds) for item, holds in zip(items, combination, strict=False)]
    wanted += [(seen, True) for seen in own.values()]
    return not any(
        _contradicts(one, holds, other, wants)
        for one, holds in wanted
        for other, wants in wanted
        if one is not other
    )


def _contradicts(one: Seen, holds: bool, other: Seen, wants: bool) -> bool:
    """Say whether one condition, true or false, makes the other one the opposite."""
    if not isinstance(one.layer.when, str) or not isinstance(other.layer.when, str):
        return False
    known = constants(one.body.trace, one.layer.when, holds, one.context)
    expression = parse(other.layer.when)
    symbols = {name: other.context.symbol_of(name) for name in expression.names}
    if not symbols or any(symbol not in known for symbol in symbols.values()):
        return False
    values = {name: known[symbol] for name, symbol in symbols.items()}
    with suppress(Problem):
        return bool(evaluate(expression, Scope(values, {}))) is not wants
    return False
