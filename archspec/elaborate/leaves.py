"""Build the nodes of operations: the short way where they are plain, else step by step."""

from collections.abc import Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial
from typing import NamedTuple

from archspec.diagnostics import (
    ChannelMismatch,
    Maker,
    MisplacedKey,
    Path,
    Place,
    Problem,
    RankMismatch,
    ShapeMismatch,
    SymbolicValue,
    WrongArity,
    WrongDtype,
)
from archspec.document import Layer
from archspec.elaborate.absent import (
    absence,
    absence_notes,
    check_claim,
    is_absent,
    lost_branch,
    same_condition,
    where_absent,
)
from archspec.elaborate.apply import apply, plan, reads_nothing
from archspec.elaborate.frames import Building, Frame, Unit, node_of, origins, unit_of, unknown
from archspec.elaborate.namespace import Given, gives_of
from archspec.elaborate.projection import (
    joins_any,
    makers,
    one_of_several,
    one_value,
    projection,
    without_batch,
)
from archspec.elaborate.sharing import tied
from archspec.elaborate.targets import name_place
from archspec.expressions import POISON, Poisoned, filled
from archspec.graph import Call, Leaf, Node, Origin, Port

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
    made: tuple[Maker, ...] = ()
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


# Check the layers that are not built: what they are, and what their arguments say.


class LeftOut(NamedTuple):
    """A layer that is absent, who found that, and where it would stand."""

    builder: Building
    frame: Frame
    layer: Layer
    name: str


def check_left_out(left_out: dict[Path, LeftOut]) -> None:
    """Check the layers that are absent wherever their body is built, whatever they see.

    What they hold may have absent layers of its own, which are checked in their turn.
    """
    checked: set[Path] = set()
    while left_out:
        path, (builder, frame, layer, name) = left_out.popitem()
        if path not in checked and id(layer) not in builder.plans:
            checked.add(path)
            blind(builder, unknown(frame), layer, name, path)


def blind(builder: Building, frame: Frame, layer: Layer, name: str, path: Path) -> None:
    """Check a layer of which it is not known what it reads."""
    if layer.share is not None:
        return
    references = layer.references
    if references is None:
        references = ("",) * (not reads_nothing(builder.spec, layer))
    given = [Given(Port(reference), None) for reference in references]
    if layer.repeat is not None:
        frame = replace(frame, keys=frame.keys.extended({"index": POISON}))
    try:
        unit = unit_of(builder, frame, layer, name, path, (), given)
        if _countable(unit, references):
            builder.unit(frame, unit)
    except Problem as problem:
        builder.report.add(problem, name_place(layer, path))
    except Poisoned:
        pass


def _countable(unit: Unit, references: Sequence[str]) -> bool:
    """Say whether it is known how many values a layer reads, or all the same to it."""
    operation = unit.target.operation
    any_number = operation is not None and operation.arity[1] is None
    return any_number or not any("*" in reference for reference in references)


# Put what a layer builds into its body: under its name, under several, or without one.

_MOST_POISONED = 1000


def place(builder: Building, frame: Frame, key: str, layer: Layer, path: Path, node: Node) -> None:
    """Put a layer's node into the body, and check the claim about its output."""
    if layer.expect is not None and not builder.root:
        check_claim(builder.report, builder.conditions, frame, layer, path, node, builder.symbols)
    named = "{" in key and layer.repeat is not None
    if not layer.splice and not named:
        frame.values.add(key, node, gives_of(node))
        return
    try:
        _splice(frame, key, layer, node, named=named)
    except Problem as problem:
        where = Place(path, key=True) if named else Place((*path, "splice"))
        builder.report.add(problem, where)
        fail(frame, key, key, None)
    except Poisoned:
        fail(frame, key, key, None)


def fail(frame: Frame, key: str, name: str, count: int | None) -> None:
    """Poison a layer that failed, and each of its repetitions that has a name of its own."""
    names = [name]
    if "{" in key and count:
        numbers = range(min(count, _MOST_POISONED))
        with suppress(Problem, Poisoned):
            names = [_numbered(frame, key, index) for index in numbers]
    for item in names:
        if item not in frame.values.gives:
            frame.values.fail(key, item)


def _splice(frame: Frame, key: str, layer: Layer, node: Node, *, named: bool) -> None:
    """Let what the layer holds stand in its body, repetitions under names of their own."""

    def rename(number: str) -> str:
        return _numbered(frame, key, int(number))

    if named and node.again is not None:
        text = f"what is called again has one name, and `{key}` gives each repetition its own"
        raise MisplacedKey(text, help="write each call by itself")
    if not isinstance(node, Call) or node.again is not None:
        raise MisplacedKey("`splice` is for what holds layers: a block, a group, a repetition")
    if layer.splice and named:
        raise MisplacedKey(f"`splice` leaves the name out, and `{key}` gives each its own")
    deep = layer.splice == "all"
    frame.values.splice(key, node, deep=deep, rename=rename if named else None)


def _numbered(frame: Frame, key: str, index: int) -> str:
    """Fill in the name of a repetition."""
    return filled(key, frame.keys.extended({"index": index}))
