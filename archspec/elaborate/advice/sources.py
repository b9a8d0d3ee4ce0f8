"""Where the values come from that a layer reads, and which of several it may read."""

from collections.abc import Iterable

from archspec.diagnostics import Above, Change, Entry, Maker, Path, Place, Remedy
from archspec.document import Layer, Spec, listed
from archspec.elaborate.namespace import Given
from archspec.elaborate.report import Report
from archspec.elaborate.state import Frame, Unit
from archspec.graph import Call, Kind, Leaf, Node, Port
from archspec.sizes import Tensor


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


_MOST_LISTED = 6


def one_value(frame: Frame, unit: Unit) -> Remedy:
    """Name the values of one layer of which one may be read, or say how several are joined."""
    return one_of_several(frame, unit) or _joined(frame, unit)


def one_of_several(frame: Frame, unit: Unit) -> Remedy | None:
    """Name the values of a layer that is read as a whole and gives several; `None` without one."""
    whole = unit.layer.references or tuple(dict.fromkeys(port.name for port in unit.sources))
    gives = frame.values.gives
    name = next((name for name in whole if name in gives and len(gives[name].ports) > 1), None)
    if name is None or (gives[name].repeated and not gives[name].labels):
        return None
    parts = _parts_of(frame, unit, name)
    if not parts:
        return None
    ways = (_reading(whole, name, part) for part in parts[:_MOST_LISTED])
    results = _results(frame, name) if len(parts) == len(gives[name].ports) else ()
    return Remedy(_parts(parts, results), *ways)


def _parts_of(frame: Frame, unit: Unit, name: str) -> list[str]:
    """List the values of a layer; where a layer joins any number of them, those that fit."""
    gives = frame.values.gives[name]
    tensors = [frame.values.read(port).tensor for port in gives.ports]
    pairs = zip(gives.labels or range(len(gives.ports)), tensors, strict=True)
    is_free = not joins_any(unit)
    return [f"{name}.{label}" for label, item in pairs if is_free or _is_alike(item, unit, name)]


def _is_alike(tensor: Tensor | None, unit: Unit, name: str) -> bool:
    """Say whether a value has the shape of all others that a layer reads."""
    pairs = zip(unit.sources, unit.inputs, strict=True)
    shapes = {item.shape for port, item in pairs if port.name != name and item is not None}
    return tensor is not None and shapes <= {tensor.shape}


def joins_any(unit: Unit) -> bool:
    """Say whether a layer takes any number of values, so that one too many is no wrong number."""
    operation = unit.target.operation
    return operation is not None and (operation.alike or operation.arity[1] is None)


def _results(frame: Frame, name: str) -> tuple[str, ...]:
    """Give what the values of an operation are called in PyTorch's documentation."""
    node = frame.values.node(name)
    return getattr(node.operation, "results", ()) if isinstance(node, Leaf) else ()


def _parts(parts: list[str], results: tuple[str, ...]) -> str:
    if len(results) < len(parts):
        few = len(parts) <= _MOST_LISTED
        if len(parts) == 1:
            return f"read `{parts[0]}`"
        names = listed(parts, "or") if few else f"`{parts[0]}` to `{parts[-1]}`"
        return f"read one of its values: {names}"
    first, *others = zip(parts, results, strict=False)
    rest = " and ".join(f"`{part}` is `{result}`" for part, result in others)
    return f"read `{first[0]}`, which is `{first[1]}`; {rest}"


def _reading(whole: tuple[str, ...], name: str, part: str) -> Entry:
    """Write what a layer reads, with a part in the place of the whole."""
    items = [_written(part if item == name else item) for item in whole]
    return Entry("from", items[0] if len(items) == 1 else f"[{', '.join(items)}]")


def _written(reference: str) -> str:
    """Write a reference as YAML reads it: `0.1` alone is a number."""
    return f'"{reference}"' if reference[:1].isdigit() and "." in reference else reference


def _joined(frame: Frame, unit: Unit) -> Remedy:
    """Say which operation joins values of these shapes, or that one of them is to be chosen."""
    reads = unit.layer.references or tuple(reference(frame, port) for port in unit.sources)
    written = f"from: [{', '.join(map(_written, reads))}]"
    layers = [layer.format(written) for layer in _joins(unit.inputs)]
    if not layers:
        names = list(dict.fromkeys(reads))[:_MOST_LISTED]
        one = f"their shapes cannot be joined: read one of them, {listed(names, 'or')}"
        return Remedy(one, *(Entry("from", _written(name)) for name in names))
    name = f"{unit.name}_input"
    ways: list[tuple[Change, ...]] = [(Above(name, layer), Entry("from", name)) for layer in layers]
    operations = " or ".join(f"`{layer}`" for layer in layers)
    return Remedy(f"join them before, with {operations}", *ways)


def _joins(inputs: tuple[Tensor | None, ...]) -> list[str]:
    shapes = [tensor.shape for tensor in inputs if tensor is not None]
    if len(shapes) < len(inputs) or len({len(shape) for shape in shapes}) > 1:
        return []
    joins = ["{{op: add, {}}}"] if len(set(shapes)) == 1 else []
    around = {(*shape[:1], *shape[2:]) for shape in shapes}
    return [*joins, "{{op: cat, {}, dim: 1}}"] if len(around) == 1 and len(shapes[0]) > 1 else joins
