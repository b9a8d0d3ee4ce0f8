"""Say what `forward` gives, and which layers run in training only."""

from collections.abc import Iterable, Sequence

from archspec.emit.forward.step import Returns, Step
from archspec.emit.naming.names import Names
from archspec.emit.slots import BodyUse, CannotSay, Slot, slots
from archspec.emit.written import Module
from archspec.expressions import parse
from archspec.graph import Port


def returned(names: Names, bodies: tuple[BodyUse, ...]) -> Returns:
    """Say what a body gives, and pin on what it depends whether an output is there."""
    for body in bodies:
        _pin_outputs(names, body)
    gone = absent(slots(bodies))
    found = {_given(body.module, gone) for body in bodies}
    if len(found) != 1:
        raise CannotSay("what comes out differs between uses")
    return found.pop()


def _pin_outputs(names: Names, body: BodyUse) -> None:
    outputs = body.module.definition.given if body.module.definition else None
    for output in outputs.items.values() if outputs else ():
        if isinstance(output.when, str):
            names.pin(body.trace, body.trace.mentioned(parse(output.when), body.context))


def _given(module: Module, gone: set[str]) -> Returns:
    ports = tuple(through(port, gone, module) for port in module.requested)
    return Returns(ports, module.packing, module.labels, module.training)


def absent(every: Iterable[Slot]) -> set[str]:
    """Name the layers of a body that are absent in every use."""
    return {slot.key for slot in every if not slot.uses and not slot.splices}


def through(port: Port, gone: set[str], module: Module) -> Port:
    """Look through layers that are absent in every use to what stands in for them."""
    while port.name in gone and port.name in module.skipped:
        port = module.skipped[port.name]
    return port


def needed_in_evaluation(steps: Sequence[Step], returns: Returns) -> set[str]:
    """Name the layers that what is given in evaluation reads, or of which a size is asked."""
    kept = (port for index, port in enumerate(returns.ports) if index not in returns.training)
    found = {port.name for port in kept}
    for step in reversed(steps):
        if step.name in found or not step.training:
            beside = step.loop.beside if step.loop else ()
            found |= {port.name for port in (*step.reads, *(p for ports in beside for p in ports))}
    return found
