"""Repetitions of a layer: a chain in which equal ones are one node with a count."""

import re
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import NamedTuple, Protocol

from archspec.diagnostics import LimitExceeded, OutOfRange, Path, Place, Problem, UnknownReference
from archspec.document import Layer, Spec
from archspec.elaborate.apply import reads_nothing
from archspec.elaborate.frames import Arriving, Frame, Unit, call_of
from archspec.elaborate.namespace import Given
from archspec.elaborate.outside import with_outside
from archspec.elaborate.report import Report
from archspec.elaborate.targets import Target, Written, mentions, resolve
from archspec.elaborate.values import integer, number, truth
from archspec.expressions import Poisoned, Scope, filled
from archspec.graph import Call, Kind, Module, Node, Origin, Port

MOST_DIFFERENT = 10_000
"""The most repetitions of a layer that may differ from each other."""


class Builder(Protocol):
    """What builds one repetition."""

    spec: Spec
    report: Report

    def unit(self, frame: Frame, unit: Unit) -> Node | None:
        """Build a layer once; `None` where that failed and was reported."""

    def quiet(self) -> "Builder":
        """Give a builder of its own, whose reports nobody reads."""


class Repetitions(NamedTuple):
    """How a layer is repeated: so often, what `from` says to each, and whether others read each.

    `asked` is there where `from` mentions `index`.
    """

    times: int
    asked: Callable[[int], tuple[Port, ...]] | None = None
    tapped: bool = False


def chain(builder: Builder, frame: Frame, unit: Unit, repeated: Repetitions) -> Node | None:
    """Build the module of a repeated layer: equal repetitions are one counted node."""
    entries = _Entries(frame, unit)
    reads, inputs = entries.first, unit.inputs
    varies = mentions(unit.layer, "index")
    nodes: list[Node] = []
    index = 0
    while index < repeated.times:
        if repeated.asked is not None and index:
            taken = len(nodes[-1].outputs)
            reads, inputs = entries.joined(reads, inputs, repeated.asked(index), taken)
        node = _repetition(builder, frame, unit, index, reads, inputs, varies=varies)
        if node is None:
            return None
        after = node.outputs[: len(inputs)] + inputs[len(node.outputs) :]
        alike = after == inputs and not varies and not (index == 0 and unit.layer.first)
        counted = alike and not repeated.tapped and repeated.asked is None
        if counted and index + 1 < repeated.times:
            node = replace(node, count=repeated.times - index)
        nodes.append(node)
        index += node.count
        gives = tuple(Port(node.name, i) for i in range(len(node.outputs)))
        reads, inputs = gives[: len(reads)] + reads[len(gives) :], after
        if len(nodes) > MOST_DIFFERENT:
            raise LimitExceeded(f"more than {MOST_DIFFERENT:,} repetitions differ")
    further = None
    if repeated.times == 1 and isinstance(unit.layer.repeat, str) and repeated.asked is None:
        further = _further(builder, frame, unit, reads, inputs, varies=varies)
    return _chained(entries, nodes, further, tapped=repeated.tapped)


class _Entries:
    """The inputs of a chain: what the first repetition reads, then what later ones read beside."""

    def __init__(self, frame: Frame, unit: Unit) -> None:
        self.frame, self.unit = frame, unit
        alone = len(unit.inputs) == 1
        self.names = ["input"] if alone else [f"input{i}" for i in range(len(unit.inputs))]
        self.first = tuple(map(Port, self.names))
        self.given = [Given(*pair) for pair in zip(unit.reads, unit.inputs, strict=True)]
        self.asks = list(unit.origin.asks)
        self.beside: dict[Port, Port] = {}

    def joined(
        self, reads: tuple[Port, ...], inputs: Arriving, asked: tuple[Port, ...], taken: int
    ) -> tuple[tuple[Port, ...], Arriving]:
        """Lay what `from` says to a repetition behind what the one before gives."""
        ports, tensors = reads[:taken], inputs[:taken]
        for port in asked[taken:]:
            given = self.frame.values.read(port)
            if given.tensor is None:
                raise Poisoned
            ports, tensors = (*ports, self.entry(port, given)), (*tensors, given.tensor)
        return ports, tensors

    def entry(self, asked: Port, given: Given) -> Port:
        """Give the input by which a value comes into the chain."""
        if asked not in self.beside:
            self.names.append(f"input{len(self.names)}")
            self.beside[asked] = Port(self.names[-1])
            self.given.append(given)
            self.asks.append(asked)
        return self.beside[asked]


def _further(
    builder: Builder,
    frame: Frame,
    unit: Unit,
    reads: tuple[Port, ...],
    inputs: Arriving,
    *,
    varies: bool,
) -> Node | None:
    """Build the second repetition of a chain of one; that it may not fit is no mistake."""
    quiet = builder.quiet()
    try:
        return _repetition(quiet, frame, unit, 1, reads, inputs, varies=varies)
    except (Problem, Poisoned):
        return None


def _repetition(
    builder: Builder,
    frame: Frame,
    unit: Unit,
    index: int,
    reads: tuple[Port, ...],
    inputs: Arriving,
    *,
    varies: bool,
) -> Node | None:
    """Build one repetition, with `index` and `first` where they matter."""
    first = (unit.layer.first or {}) if index == 0 else {}
    target, layer = unit.target, unit.layer
    if varies:
        scope = frame.keys.extended({"index": index})
        target = resolve(builder.report, builder.spec, layer, scope, unit.path)
    if first:
        scope = frame.keys.extended({"index": index})
        target = _differing(target, first, scope, (*unit.path, "first"))
    arguments = {**layer.arguments, **first} if first else layer.arguments
    origin = Origin(layer, reads, arguments, unit.origin.parameter, unit.origin.init)
    repetition = unit._replace(
        target=target,
        name=str(index),
        reads=reads,
        inputs=inputs,
        origin=origin,
        sources=unit.sources if index == 0 else (),
        repetition=index,
    )
    return builder.unit(frame, repetition)


def _differing(target: Target, first: Mapping[str, object], scope: Scope, path: Path) -> Target:
    """Lay what differs in the first repetition over the arguments."""
    written = {name: Written(raw, scope, (*path, name)) for name, raw in first.items()}
    return target._replace(arguments={**target.arguments, **written})


def _chained(entries: _Entries, nodes: list[Node], further: Node | None, *, tapped: bool) -> Call:
    """Put repetitions into a module, and call it once."""
    unit, last = entries.unit, nodes[-1]
    tensors = (given.tensor for given in entries.given)
    inputs = {
        name: tensor
        for name, tensor in zip(entries.names, tensors, strict=True)
        if tensor is not None
    }
    taps = nodes if tapped else []
    results = [Port(node.name, i) for node in (last, *taps) for i in range(len(node.outputs))]
    module = Module(
        kind=Kind.CHAIN,
        name=unit.name,
        path=unit.path,
        inputs=inputs,
        nodes=tuple(nodes),
        results=tuple(results),
        outputs=tuple(tensor for node in (last, *taps) for tensor in node.outputs),
        further=further,
        packing="list" if len(results) > 1 else "one",
        taps=len(results) - len(last.outputs),
        space=last.module.space if isinstance(last, Call) else "model",
    )
    reads = tuple(given.port for given in entries.given)
    origin = replace(unit.origin, asks=tuple(entries.asks))
    return call_of(unit._replace(reads=reads, origin=origin), module)


# What the keys say that are read before a layer is built: `from`, `when` and `repeat`.


def asked(
    report: Report, spec: Spec, frame: Frame, layer: Layer, path: Path, index: int = 0
) -> tuple[Port, ...]:
    """Find what a layer, or the repetition `index` of one, reads.

    Each reference that leads nowhere is reported at its place.
    """
    if layer.reads is None:
        return () if reads_nothing(spec, layer) else frame.values.asked(None)
    found: list[Port] = []
    failed = False
    scope = frame.keys if layer.repeat is None else frame.keys.extended({"index": index})
    for place, reference in enumerate(layer.references or ()):
        try:
            found += named(frame, filled(reference, scope))
        except Problem as problem:
            failed = True
            report.add(problem, Place((*path, "from", place)))
        except Poisoned:
            failed = True
    if failed:
        raise Poisoned
    return tuple(found)


def named(frame: Frame, reference: str) -> tuple[Port, ...]:
    """Find what a reference names; of a layer around the body it is told how it is passed."""
    try:
        return frame.values.asked((reference,))
    except UnknownReference as problem:
        name = reference.partition(".")[0]
        known = name in frame.values.gives or name in frame.values.later
        raise problem if known else with_outside(frame, reference, problem) from None


def times(report: Report, frame: Frame, layer: Layer, path: Path) -> int | None:
    """Say how often a layer is repeated: 0 where it is absent, `None` without `repeat`."""
    if layer.when is not None:
        with report.at(Place((*path, "when"))):
            if not truth(layer.when, frame.keys):
                return 0
    if layer.repeat is None:
        return None
    with report.at(Place((*path, "repeat"))):
        return _repeat(frame, layer)


def _repeat(frame: Frame, layer: Layer) -> int:
    count = integer("`repeat`")(number(layer.repeat, frame.keys))
    if count < 0:
        raise OutOfRange(f"`repeat` must be at least 0, not {count}")
    if count > MOST_DIFFERENT and mentions(layer, "index"):
        raise LimitExceeded(
            f"`repeat` makes {count:,} repetitions that differ by `index`, and at most "
            f"{MOST_DIFFERENT:,} may differ"
        )
    return count


def differs(layer: Layer) -> bool:
    """Say whether the repetitions of a layer read different values."""
    return any("{" in item and mentions_index(item) for item in layer.references or ())


def mentions_index(reference: str) -> bool:
    """Say whether a reference differs from repetition to repetition.

    >>> mentions_index("down{depth - index}"), mentions_index("index")
    (True, False)
    """
    return any(re.search(r"\bindex\b", part) for part in re.findall(r"\{([^{}]*)\}", reference))
