"""Build the nodes of operations: the short way where they are plain, else step by step."""

from functools import partial

from archspec.diagnostics import (
    ChannelMismatch,
    Path,
    Place,
    Problem,
    RankMismatch,
    ShapeMismatch,
    SymbolicValue,
    WrongArity,
    WrongDtype,
)
from archspec.elaborate.absent import (
    absence,
    absence_notes,
    is_absent,
    lost_branch,
    same_condition,
    where_absent,
)
from archspec.elaborate.batch import without_batch
from archspec.elaborate.building import Building
from archspec.elaborate.frames import Frame, Unit, node_of, origins
from archspec.elaborate.makers import makers
from archspec.elaborate.names import Given
from archspec.elaborate.operations import apply
from archspec.elaborate.plain import plan
from archspec.elaborate.projection import projection
from archspec.elaborate.report import Made
from archspec.elaborate.several import joins_any, one_of_several, one_value
from archspec.elaborate.sharing import tied
from archspec.elaborate.targets import name_place
from archspec.graph import Leaf, Origin, Port
from archspec.spec import Layer

_OF_INPUTS = (ShapeMismatch, ChannelMismatch, RankMismatch, WrongDtype)
"""What may be wrong because a layer reads all values of another one."""


def plain(
    builder: Building,
    frame: Frame,
    layer: Layer,
    name: str,
    path: Path,
    asked: tuple[Port, ...],
    given: list[Given],
) -> Leaf | None:
    """Build the node of a plain operation the short way, if that is possible."""
    plans, key = builder.plans, id(layer)
    if key not in plans:
        plans[key] = plan(builder.spec, layer)
    found = plans[key]
    word = layer.word or layer.op
    if found is None or word in frame.scope.values or word in builder.initial.computed:
        return None
    inputs = tuple([item.tensor for item in given if item.tensor is not None])
    if len(inputs) < len(given):
        return None
    if found.operation.gathers and any(is_absent(frame, port) for port in asked):
        return None
    applied = found.applied(inputs, frame.keys, builder.batch)
    if applied is None:
        return None
    if applied.typed.conditions:
        builder.conditions.need(applied.typed.conditions, path)
    reads = tuple([item.port for item in given])
    return node_of(applied, name, path, reads, inputs, Origin(layer, asked, layer.arguments))


def leaf(builder: Building, frame: Frame, unit: Unit) -> Leaf | None:
    """Build the node of an operation, with the weight of an earlier one where it shares that."""
    if unit.layer.share is None:
        return _applied(builder, frame, unit)
    place = Place((*unit.path, "share"))
    with builder.report.at(place):
        shared = tied(frame, unit)
    node = _applied(builder, frame, shared.unit)
    if node is None:
        return None
    with builder.report.at(place):
        return shared.checked(node)


def _applied(builder: Building, frame: Frame, unit: Unit) -> Leaf | None:
    """Apply the operation to what it reads; `None` where that failed and was reported."""
    report = builder.report
    lost = lost_branch(frame, unit)
    if lost is not None:
        related = where_absent(frame, unit)
        report.add(lost, Place(unit.path, key=True), related)
        return None
    at = partial(name_place, unit.layer, unit.path)
    fail = partial(_fail, builder, frame, unit)
    applied = apply(report, unit.target, unit.inputs, at, builder.batch, builder.kernels, fail)
    if applied is None:
        return None
    builder.conditions.need(applied.typed.conditions, unit.path)
    builder.initial.check(report, unit.target, applied, builder.model_scope)
    inputs = tuple(tensor for tensor in unit.inputs if tensor is not None)
    return node_of(applied, unit.name, unit.path, unit.reads, inputs, unit.origin)


def _fail(
    builder: Building, frame: Frame, unit: Unit, problem: Problem, place: Place | None
) -> None:
    """Report a problem of an operation, with where what it reads comes from."""
    if unit.repetition:
        text = f"this is repetition {unit.repetition} of the layer, counted from 0"
        problem.notes += (text,)
    problem.notes += absence_notes(frame, unit)
    related = (*origins(builder.report, frame, unit.sources), *where_absent(frame, unit))
    made: tuple[Made, ...] = ()
    if isinstance(problem, ShapeMismatch | ChannelMismatch):
        made = makers(frame, unit.sources)
        gone = any(absence(frame, port) for port in unit.sources)
        better = same_condition(frame, unit) if gone else projection(builder, frame, unit)
        problem.help = better or problem.help
    if isinstance(problem, _OF_INPUTS) and joins_any(unit):
        problem.help = one_of_several(frame, unit) or problem.help
    if isinstance(problem, WrongArity) and len(unit.inputs) > 1:
        takes_one = unit.target.operation is not None and unit.target.operation.arity[1] == 1
        several = one_value(frame, unit) if takes_one else one_of_several(frame, unit)
        problem.help = several or problem.help
    if isinstance(problem, SymbolicValue | RankMismatch):
        lost = without_batch(frame, unit, builder.batch)
        if lost is not None:
            builder.report.add(*lost)
            return
    builder.report.add(problem, place or Place(unit.path, key=True), related, made)
