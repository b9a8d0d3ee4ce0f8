"""Absent layers where others read them: what stands in for them, and joins that lose a branch."""

from collections.abc import Iterable, Iterator, Mapping

from archspec.diagnostics import (
    AbsentBranch,
    ClaimFails,
    Entry,
    Path,
    Place,
    Problem,
    Remedy,
    UnknownName,
)
from archspec.document import Layer, close_match, listed
from archspec.elaborate.frames import Frame, Unit, origins
from archspec.elaborate.projection import reference
from archspec.elaborate.report import Report
from archspec.elaborate.rules import Conditions
from archspec.elaborate.targets import LayerValue
from archspec.elaborate.values import size
from archspec.expressions import Poisoned, Scope
from archspec.graph import Call, Leaf, Module, Node, Port
from archspec.operations import is_operation, load
from archspec.sizes import Condition, Polynomial, Size, Tensor, equal, substitute, symbols_of


def is_absent(frame: Frame, port: Port) -> bool:
    """Say whether a value is that of an absent layer, so that another one stands in for it."""
    gives = frame.values.gives.get(port.name)
    return gives is not None and gives.absent


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


# --- joins --------------------------------------------------------------------------------------


def lost_branch(frame: Frame, unit: Unit) -> AbsentBranch | None:
    """Tell of the first branch that a join loses; each of its values has a place of its own.

    Where an absent layer was merely on the way, its input is what the branch gives, as a dropout
    is left out, or an activation. It is a branch where it maps or pools, and somebody else reads
    the same value; and where a value would be there twice.
    """
    operation = unit.target.operation
    if operation is None or not operation.gathers:
        return None
    for port in dict.fromkeys(unit.sources):
        beside = _read_beside(frame, unit, port) if is_absent(frame, port) else None
        if beside is not None:
            return _lost(frame, unit, port, beside)
    return None


def _read_beside(frame: Frame, unit: Unit, absent: Port) -> str | None:
    """Say who reads what stands in for a value otherwise than through that, if somebody does."""
    stand_in = frame.values.read(absent).port
    name = reference(frame, stand_in)
    times = sum(frame.values.read(port).port == stand_in for port in dict.fromkeys(unit.sources))
    if times > 1:
        return f"`{name}` would be there {'twice' if times == 2 else f'{times} times'}"
    reader = _reader(frame, absent)
    return None if reader is None else f"`{reader}` reads `{name}`, too"


def _reader(frame: Frame, absent: Port) -> str | None:
    """Name a layer that reads what stands in for a branch, if it is one."""
    stand_in = frame.values.read(absent).port
    readers = (node.name for node in frame.values.nodes if stand_in in node.origin.asks)
    reader = next(readers, None)
    is_branch = reader and any(_branches(frame, layer) for layer in _gone(frame, absent))
    return reader if is_branch else None


def _gone(frame: Frame, port: Port) -> Iterator[Layer]:
    """Give the absent layers that lie between a value and what stands in for it."""
    while is_absent(frame, port):
        yield written(frame, port)[0]
        port = frame.values.skipped[port.name]


def _branches(frame: Frame, layer: Layer) -> bool:
    """Say whether a layer makes a branch: a map, a pool, a block or group; no mere function."""
    name = layer.word or layer.op or ""
    value = frame.scope.values.get(name)
    if isinstance(value, LayerValue):
        return _branches(frame, value.layer)
    operation = load(name) if is_operation(name) else None
    return operation is None or operation.weighted or operation.spatial


def _lost(frame: Frame, unit: Unit, port: Port, beside: str) -> AbsentBranch:
    assert unit.target.operation is not None
    stand_in = reference(frame, frame.values.read(port).port)
    nothing = f"read `{port.name}.*`, which is nothing where it is absent"
    repeated = Remedy(nothing, Entry("from", _all_of(unit, port.name)))
    if written(frame, port)[0].repeat is None:
        repeated = Remedy(f"give `{port.name}` `repeat: 1` and {nothing}")
    own = f"where `{stand_in}` is meant, read it through an `identity` of its own"
    return AbsentBranch(
        f"`{unit.target.operation.op()}` loses a branch: {absence(frame, port)}",
        notes=(beside, own),
        help=same_condition(frame, unit) or repeated,
    )


def _all_of(unit: Unit, name: str) -> str:
    """Write what a layer reads, and all repetitions of one of it in the place of the last."""
    reads = [f"{item}.*" if item == name else item for item in unit.layer.references or ()]
    return f"[{', '.join(reads)}]"


def lost_inside(frame: Frame, unit: Unit, module: Module) -> AbsentBranch | None:
    """Tell the same of a join in a body that is called, where the absent value goes in."""
    if not frame.values.skipped:
        return None
    for name, port in zip(module.inputs, unit.sources, strict=False):
        reader = _reader(frame, port) if is_absent(frame, port) else None
        join = None if reader is None else _join_of(module, Port(name))
        if join is not None:
            return AbsentBranch(
                f"`{join}` in `{unit.path[-1]}` loses a branch: {absence(frame, port)}",
                notes=(
                    f"`{reader}` reads `{reference(frame, frame.values.read(port).port)}`, too",
                ),
                help=same_condition(frame, unit),
            )
    return None


def _join_of(module: Module, port: Port) -> str | None:
    """Name the join of a body that reads one of its inputs, itself or in a body inside."""
    for node in module.nodes:
        if port not in node.reads:
            continue
        if isinstance(node, Leaf) and node.operation.gathers and len(node.reads) > 1:
            return node.operation.op()
        if isinstance(node, Call):
            inner = Port(list(node.module.inputs)[node.reads.index(port)])
            found = _join_of(node.module, inner)
            if found is not None:
                return found
    return None


def same_condition(frame: Frame, unit: Unit) -> str | None:
    """Propose that a join of two be absent with its second value: it is its first one then."""
    if len(unit.sources) != 2 or unit.layer.when is not None or unit.layer.repeat is not None:
        return None
    first, second = unit.sources
    when = _when(frame, second)
    if when is None or (is_absent(frame, first) and _when(frame, first) != when):
        return None
    when = str(when).lower() if isinstance(when, bool) else when
    gives = reference(frame, frame.values.read(first).port)
    text = f"give `{unit.name}` the same `when: {when}`: where `{second.name}` is absent, it is"
    return Remedy(f"{text} `{gives}` then", Entry("when", str(when)))


def _when(frame: Frame, port: Port) -> object:
    """Give the condition by which a value is absent here, if it is."""
    layer = written(frame, port)[0] if is_absent(frame, port) else None
    return None if layer is None or layer.repeat is not None else layer.when


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


# Check what a layer claims of its output, `expect`.


def check_claim(
    report: Report,
    conditions: Conditions,
    frame: Frame,
    layer: Layer,
    path: Path,
    node: Node,
    symbols: Scope,
) -> None:
    """Report a layer whose output is not what its `expect` says.

    `symbols` holds the sizes that `--input` gives to the symbols of the spec. A claim that holds
    for some sizes only is a condition.
    """
    claimed = _claimed(report, frame, layer, path, symbols.values)
    if claimed is None:
        return
    shape, place = node.outputs[0].shape, (*path, "expect")
    truths = [equal(a, b) for a, b in zip(claimed, shape, strict=False)]
    conditions.need((truth for truth in truths if isinstance(truth, Condition)), place)
    if len(claimed) == len(shape) and all(truth is not False for truth in truths):
        return
    said = Tensor(tuple(claimed))
    text = f"the layer gives {node.outputs[0]}, not {said}"
    notes = absences(frame, node.origin.asks)
    failing = ClaimFails(text, label=f"claims {said}", notes=notes)
    report.add(failing, Place(place), origins(report, frame, node.reads))


def _symbols(frame: Frame) -> frozenset[str]:
    """Name the symbols in what the body, and those around it, receive."""
    tensors = [tensor for tensor in frame.values.inputs.values() if tensor is not None]
    found = frozenset().union(*(symbols_of(size) for item in tensors for size in item.shape))
    return found if frame.outer is None else found | _symbols(frame.outer)


def _known(value: Size, known: frozenset[str]) -> Size:
    """Give the size back, or raise where it holds a symbol that no input has."""
    for name in sorted(symbols_of(value) - known):
        help = close_match(name, known) or f"the symbols here are {listed(sorted(known))}"
        raise UnknownName(f"no input has the symbol `{name}`", help=help)
    return value


def _claimed(
    report: Report, frame: Frame, layer: Layer, path: Path, given: Mapping[str, object]
) -> list[Size] | None:
    """Evaluate what is claimed, with the sizes that are given to symbols."""
    sizes = {name: value for name, value in given.items() if isinstance(value, int | Polynomial)}
    claimed, known = [], _symbols(frame)
    for index, raw in enumerate(layer.expect or ()):
        try:
            claimed.append(_known(substitute(size(raw, frame.keys), sizes), known))
        except Problem as problem:
            report.add(problem, Place((*path, "expect", index)))
            return None
        except Poisoned:
            return None
    return claimed
