"""Joins that lose a branch, because an absent layer gives way to what others read as well."""

from collections.abc import Iterator

from archspec.diagnostics import AbsentBranch, Entry, Remedy
from archspec.document import Layer
from archspec.elaborate.advice.sources import absence, is_absent, reference, written
from archspec.elaborate.state import Frame, Unit
from archspec.elaborate.targets import LayerValue
from archspec.graph import Call, Leaf, Module, Port
from archspec.operations import is_operation, load


def lost_branch(frame: Frame, unit: Unit) -> AbsentBranch | None:
    """Describe the first branch that a join loses; each of its values has a place of its own.

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
    """Describe the same of a join in a body that is called, where the absent value goes in."""
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
            join = _join_of(node.module, inner)
            if join is not None:
                return join
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
