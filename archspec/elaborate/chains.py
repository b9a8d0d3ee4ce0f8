"""Repetitions of a layer: a chain, in which equal ones are one node with a count."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace

from archspec.diagnostics import LimitExceeded, Path, Problem
from archspec.elaborate.namespace import Given
from archspec.elaborate.state import Arriving, Frame, State, Unit
from archspec.elaborate.targets import Target, Written, mentions, resolve
from archspec.expressions import Poisoned, Scope
from archspec.graph import Call, Kind, Module, Node, Origin, Port, Provenance

MOST_DIFFERENT = 10_000
"""The most repetitions of a layer that may differ from each other."""

Build = Callable[[State, Frame, Unit], Node | None]
"""Builds one repetition; `None` where that failed and was reported."""

Requested = Callable[[int], tuple[Port, ...]]
"""Finds what a repetition reads by `from`, where that mentions `index`."""


def mentions_index(reference: str) -> bool:
    """Say whether a reference differs from repetition to repetition.

    >>> mentions_index("down{depth - index}"), mentions_index("index")
    (True, False)
    """
    return any(re.search(r"\bindex\b", part) for part in re.findall(r"\{([^{}]*)\}", reference))


def chain(
    state: State, build: Build, requested: Requested, frame: Frame, unit: Unit, times: int
) -> Node | None:
    """Build the module of a repeated layer: equal repetitions are one counted node."""
    layer = unit.layer
    maker = _Maker(state, build, frame, unit, varies=mentions(layer, "index"))
    entries = _Entries(frame, unit)
    reads, inputs = entries.first, unit.inputs
    reads_anew = any(map(mentions_index, layer.references or ()))
    tapped = unit.name in frame.tapped
    nodes: list[Node] = []
    index = 0
    while index < times:
        if reads_anew and index:
            taken = len(nodes[-1].outputs)
            reads, inputs = entries.joined(reads, inputs, requested(index), taken)
        node = maker.repetition(index, reads, inputs)
        if node is None:
            return None
        after = node.outputs[: len(inputs)] + inputs[len(node.outputs) :]
        alike = after == inputs and not maker.varies and not (index == 0 and layer.first)
        if alike and not tapped and not reads_anew and index + 1 < times:
            node = replace(node, count=times - index)
        nodes.append(node)
        index += node.count
        gives = tuple(Port(node.name, i) for i in range(len(node.outputs)))
        reads, inputs = gives[: len(reads)] + reads[len(gives) :], after
        if len(nodes) > MOST_DIFFERENT:
            raise LimitExceeded(f"more than {MOST_DIFFERENT:,} repetitions differ")
    further = None
    if times == 1 and isinstance(layer.repeat, str) and not reads_anew:
        further = maker.further(reads, inputs)
    called = _chained(entries, nodes, tapped=tapped)
    state.provenance[called.module] = Provenance(further=further)
    return called


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
        self, reads: tuple[Port, ...], inputs: Arriving, ports: tuple[Port, ...], taken: int
    ) -> tuple[tuple[Port, ...], Arriving]:
        """Lay what `from` names for a repetition behind what the one before gives."""
        joined, tensors = reads[:taken], inputs[:taken]
        for port in ports[taken:]:
            given = self.frame.values.read(port)
            if given.tensor is None:
                raise Poisoned
            joined, tensors = (*joined, self.entry(port, given)), (*tensors, given.tensor)
        return joined, tensors

    def entry(self, port: Port, given: Given) -> Port:
        """Give the input by which a value comes into the chain."""
        if port not in self.beside:
            self.names.append(f"input{len(self.names)}")
            self.beside[port] = Port(self.names[-1])
            self.given.append(given)
            self.asks.append(port)
        return self.beside[port]


@dataclass(frozen=True, slots=True)
class _Maker:
    """Makes the repetitions of a layer; they differ where the layer mentions `index`."""

    state: State
    build: Build
    frame: Frame
    unit: Unit
    varies: bool

    def repetition(self, index: int, reads: tuple[Port, ...], inputs: Arriving) -> Node | None:
        """Build one repetition, with `index` and `first` where they matter."""
        unit, layer = self.unit, self.unit.layer
        first = (layer.first or {}) if index == 0 else {}
        target, scope = unit.target, self.frame.keys
        if self.varies or first:
            scope = scope.extended({"index": index})
        if self.varies:
            target = resolve(self.state.report, self.state.spec, layer, scope, unit.path)
        if first:
            target = _overlaid(target, first, scope, (*unit.path, "first"))
        arguments = {**layer.arguments, **first} if first else layer.arguments
        # The label is the chain's, unless each repetition has a name of its own in its place.
        label = layer.label if "{" in unit.name else None
        made = unit.origin
        origin = Origin(layer, reads, arguments, made.parameter, made.init, label=label)
        repetition = unit._replace(
            target=target,
            name=str(index),
            reads=reads,
            inputs=inputs,
            origin=origin,
            sources=unit.sources if index == 0 else (),
            repetition=index,
        )
        return self.build(self.state, self.frame, repetition)

    def further(self, reads: tuple[Port, ...], inputs: Arriving) -> Node | None:
        """Build the second repetition of a chain of one; that it may not fit is no mistake."""
        try:
            return replace(self, state=self.state.quiet()).repetition(1, reads, inputs)
        except (Problem, Poisoned):
            return None


def _overlaid(target: Target, first: Mapping[str, object], scope: Scope, path: Path) -> Target:
    """Lay what differs in the first repetition over the arguments."""
    written = {name: Written(raw, scope, (*path, name)) for name, raw in first.items()}
    return target._replace(arguments={**target.arguments, **written})


def _chained(entries: _Entries, nodes: list[Node], *, tapped: bool) -> Call:
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
        packing="list" if len(results) > 1 else "one",
        taps=len(results) - len(last.outputs),
    )
    reads = tuple(given.port for given in entries.given)
    origin = replace(unit.origin, asks=tuple(entries.asks))
    return unit._replace(reads=reads, origin=origin).call(module)
