"""Write what only some uses of a class have, under the condition that says which."""

from archspec.elaborate import LayerValue, mentioned
from archspec.emit.constructing.writer import Writer
from archspec.emit.naming.names import Names
from archspec.emit.pieces import Code
from archspec.emit.slots import BodyUse, CannotSay, Slot
from archspec.expressions import Scope, evaluate, parse


def condition(names: Names, slot: Slot) -> str:
    """Write `when` for the uses among which it differs."""
    if not isinstance(slot.layer.when, str):
        raise CannotSay(f"layer `{slot.key}` is repeated 0 times in some uses")
    check_layers(slot)
    if any(_holds(slot.layer.when, body) for body in slot.absent):
        raise CannotSay(f"layer `{slot.key}` is repeated 0 times in some uses")
    contexts = [(body.trace, body.context) for body in slot.bodies]
    requests = names.requests  # its own sizes hold in all uses
    text = names.raw(slot.layer.when, contexts)
    names.requests = requests
    return text


def check_layers(slot: Slot) -> None:
    """Refuse a layer that is there in some uses, and would be of another kind in others."""
    for name in mentioned(slot.layer):
        values = [body.context.module.scope.get(name) for body in slot.bodies]
        kinds = {repr(value.layer) for value in values if isinstance(value, LayerValue)}
        if len(kinds) > 1:
            raise CannotSay(f"the layer `{name}` differs where `{slot.key}` is absent")


def in_some(writer: Writer, slot: Slot) -> Code:
    """Write a layer that only some uses have, for what it would be in the others, too.

    On what its text depends must be there as it is in one of the uses that were seen.
    """
    names = writer.names
    before, names.pinned = names.pinned, set()
    code = writer.write(slot.uses)
    found = sorted(names.pinned)
    names.pinned = before.union(found)
    seen = {tuple(use.trace.shown(name) for name in found) for use in slot.uses}
    if any(tuple(map(body.trace.shown, found)) not in seen for body in slot.absent):
        raise CannotSay(f"what layer `{slot.key}` would be in some uses is not known")
    return code


def _holds(raw: str, body: BodyUse) -> bool:
    """Say whether a condition is true in a use: the layer is absent for another reason then."""
    context, trace = body.context, body.trace
    tensors = {
        name: tensor.reshaped(*map(trace.actual, tensor.shape))
        for name, tensor in context.tensors.items()
    }
    values = {**context.module.scope}
    if context.index is not None:
        values["index"] = context.index
    return bool(evaluate(parse(raw), Scope(values, tensors)))
