"""Where the values come from that a layer reads, for the places and notes of messages."""

from collections.abc import Iterable

from archspec.diagnostics import Maker, Path, Place
from archspec.document import Layer, Spec
from archspec.elaborate.namespace import Given
from archspec.elaborate.report import Report
from archspec.elaborate.state import Frame, Unit
from archspec.graph import Call, Kind, Node, Port


def reference(frame: Frame, port: Port) -> str:
    """Write a value as `from` names it."""
    node = frame.values.node(port.name)
    several = node is not None and len(node.outputs) > 1
    return f"{port.name}.{port.index}" if several else port.name


def origins(report: Report, frame: Frame, ports: tuple[Port, ...]) -> tuple[tuple[Place, str], ...]:
    """Say where the values that a layer reads come from."""
    places = []
    for port in dict.fromkeys(ports):
        given = frame.values.read(port)
        if given.tensor is not None:
            place, words = _origin_place(report, frame, given)
            places.append((place, f"{given.tensor} {words}"))
    return tuple(dict.fromkeys(places))


def _origin_place(report: Report, frame: Frame, given: Given) -> tuple[Place, str]:
    """Find the layer that gives a value, the model's input, or the layer that passes it on."""
    node = frame.values.node(given.port.name)
    if node is not None:
        return Place(node.path, key=True), "comes from here"
    if frame.depth == 0 and isinstance(frame.body, Spec):
        return Place((*frame.path, *frame.body.tensors[given.port.name][1])), "comes from here"
    around = frame.path[:-1] if frame.path[-1] == "body" else report.caller
    return Place(around or (), key=True), "goes in here"


def makers(frame: Frame, ports: tuple[Port, ...]) -> tuple[Maker, ...]:
    """Say of each value that a block gives which layer in that makes it."""
    made = []
    for port in dict.fromkeys(ports):
        node = frame.values.node(port.name)
        if isinstance(node, Call):
            inner, block = _maker(node, port.index)
            if inner is not node and block:
                shape = str(node.outputs[port.index])
                made.append(Maker(reference(frame, port), shape, inner.path, block))
    return tuple(made)


def _maker(node: Node, index: int) -> tuple[Node, str]:
    """Follow a value into the bodies that give it; name the innermost block on the way."""
    block = ""
    while isinstance(node, Call):
        port = node.module.results[index]
        inner = node.module.by_name.get(port.name)
        if inner is None:  # the body gives what it receives
            break
        block = node.module.name if node.module.kind is Kind.BLOCK else block
        node, index = inner, port.index
    return node, block


# Absent layers: those that `when` or `repeat` leaves out.


def is_absent(frame: Frame, port: Port) -> bool:
    """Say whether a value is that of an absent layer, so that another one stands in for it."""
    gives = frame.values.gives.get(port.name)
    return gives is not None and gives.absent


def written(frame: Frame, port: Port) -> tuple[Layer, Path]:
    """Find the layer of the document that an absent value is called by."""
    key = next(key for key, name in frame.values.names.items() if name == port.name)
    return frame.body.layers[key], (*frame.path, "layers", key)


def where_absent(frame: Frame, unit: Unit) -> tuple[tuple[Place, str], ...]:
    """Say for a message where the layers stand that are absent."""
    gone = dict.fromkeys(port.name for port in unit.sources if is_absent(frame, port))
    places = [written(frame, Port(name))[1] for name in gone]
    above = _above(frame, unit)
    places += [] if above is None else [(*frame.path, "layers", above)]
    return tuple((Place(path, key=True), "is absent here") for path in places)


def absences(frame: Frame, ports: Iterable[Port]) -> tuple[str, ...]:
    """Say which of the values that a layer reads are absent, here or where the body is called."""
    return tuple(dict.fromkeys(note for port in ports if (note := absence(frame, port))))


def absence_notes(frame: Frame, unit: Unit) -> tuple[str, ...]:
    """Say the same of a layer, and of one above it in a list, where absent layers have no name."""
    notes = absences(frame, unit.sources)
    above = _above(frame, unit)
    if above is None:
        return notes
    stand_in = reference(frame, frame.values.read(frame.values.absent[above]).port)
    layer = frame.body.layers[above]
    name = layer.word or layer.op or layer.block or "group"
    return (*notes, f"the `{name}` above it is absent here, so `{stand_in}` stands in")


def _above(frame: Frame, unit: Unit) -> str | None:
    """Find the absent layer of a list that stands in front of one that reads what is above it."""
    if not frame.values.numbered or unit.layer.reads is not None or not unit.sources:
        return None
    keys = list(frame.body.layers)
    place = keys.index(str(unit.path[-1])) if unit.path[-1] in keys else 0
    above = keys[place - 1] if place else ""
    return above if above in frame.values.absent else None


def absence(frame: Frame, port: Port) -> str | None:
    """Say what stands in for a value, if it is absent here, or where the body is called."""
    if not is_absent(frame, port):
        return _absence_around(frame, port)
    stand_in = frame.values.read(port).port
    note = f"`{port.name}` is absent here, so `{reference(frame, stand_in)}` stands in"
    around = _absence_around(frame, stand_in)
    return f"{note}, and {around}" if around else note


def _absence_around(frame: Frame, port: Port) -> str | None:
    """Say what an input stands in for where the body is called."""
    names = list(frame.values.inputs)
    if frame.around is None or frame.around.unit is None or port.name not in names:
        return None
    place, sources = names.index(port.name), frame.around.unit.sources
    return absence(frame.around.frame, sources[place]) if place < len(sources) else None
