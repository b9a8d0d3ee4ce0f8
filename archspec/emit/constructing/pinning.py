"""Pin what decides a text that a class has for all its uses: the names on which it depends."""

from archspec.elaborate import LayerValue, mentioned
from archspec.emit.naming.names import Names
from archspec.emit.slots import CannotSay, Slot, Use
from archspec.emit.tracing.trace import Context, Trace
from archspec.expressions import Expression, parse, pieces


def pin_raw(names: Names, use: Use, raw: object) -> None:
    """Pin every name that an expression mentions."""
    if isinstance(raw, list):
        for item in raw:
            pin_raw(names, use, item)
    elif isinstance(raw, str):
        pin_expression(names, use.trace, parse(raw), use.context)


def pin_expression(names: Names, trace: Trace, expression: Expression, context: Context) -> None:
    """Pin every name that is mentioned; the number of a repetition that goes on cannot be."""
    if is_counted(names, trace, expression, context):
        raise CannotSay("what is built depends on the number of the repetition")
    names.pin(trace, trace.mentioned(expression, context))


def is_counted(names: Names, trace: Trace, expression: Expression, context: Context) -> bool:
    """Say whether an expression, or a `let` in it, counts repetitions that may go on."""
    if "index" in expression.names and context.level in names.open:
        return True
    inner = (trace.let_of(context, name) for name in expression.names)
    return any(is_counted(names, trace, *found) for found in inner if found is not None)


def pin_name(names: Names, slot: Slot) -> None:
    """Pin what the placeholders in a layer's name mention."""
    for body in slot.bodies:
        for piece in pieces(slot.key):
            if not isinstance(piece, str):
                pin_expression(names, body.trace, piece, body.context)


def pin_parameter(names: Names, uses: tuple[Use, ...]) -> None:
    """Pin the names on which what a layer parameter brings depends."""
    for use in uses:
        context, name = use.context, use.node.origin.parameter
        value = context.module.scope.get(name) if name else None
        if isinstance(value, LayerValue):
            words = mentioned(value.layer) & context.module.scope.keys()
            names.pin(use.trace, (context.symbol_of(word) for word in words))


def decide(names: Names, slot: Slot) -> None:
    """Pin what a condition depends on that is the same in all uses, as is a repeat of 0."""
    raws = [slot.layer.when] if slot.uses or slot.splices else [slot.layer.when, slot.layer.repeat]
    for body in slot.bodies:
        for raw in raws:
            if isinstance(raw, str):
                names.pin(body.trace, body.trace.mentioned(parse(raw), body.context))


def pin_splice(names: Names, slot: Slot) -> None:
    """Pin how many layers a splice makes, and whether what they hold is there."""
    for use in slot.splices:
        pin_spliced(names, use)


def pin_spliced(names: Names, use: Use) -> None:
    """Pin how many layers one splice makes."""
    layer = use.node.origin.layer
    pin_raw(names, use, layer.repeat if layer else None)
    for path, context in use.trace.bodies.items():
        if path[: len(use.path)] == use.path and len(path) <= len(use.path) + 1:
            pin_presence(names, use.trace, context)


def pin_presence(names: Names, trace: Trace, context: Context) -> None:
    """Pin what decides whether the layers of a body are there."""
    layers = context.module.definition.layers if context.module.definition else {}
    for raw in (raw for layer in layers.values() for raw in (layer.when, layer.repeat)):
        if isinstance(raw, str):
            names.pin(trace, trace.mentioned(parse(raw), context))
