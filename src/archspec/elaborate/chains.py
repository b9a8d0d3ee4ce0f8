"""Repetitions of a layer: a chain in which equal ones are one node with a count."""

from dataclasses import replace
from typing import Protocol

from archspec.diagnostics import LimitExceeded, Problem
from archspec.elaborate.frames import Frame, Inputs, Unit, call_of
from archspec.elaborate.keys import mentions
from archspec.elaborate.report import Report
from archspec.elaborate.targets import Written, resolve
from archspec.expressions import Poisoned
from archspec.graph import Kind, Module, Node, Port
from archspec.spec import Spec

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


def chain(builder: Builder, frame: Frame, unit: Unit, count: int) -> Node | None:
    """Build the module of a repeated layer: equal repetitions are one counted node."""
    names = _input_names(len(unit.inputs))
    reads, inputs = tuple(map(Port, names)), unit.inputs
    varies = mentions(unit.layer, "index")
    nodes: list[Node] = []
    index = 0
    while index < count:
        node = _repetition(builder, frame, unit, index, reads, inputs, varies=varies)
        if node is None:
            return None
        after = node.outputs[: len(inputs)] + inputs[len(node.outputs) :]
        alike = after == inputs and not varies and not (index == 0 and unit.layer.first)
        if alike and index + 1 < count:
            node = replace(node, count=count - index)
        nodes.append(node)
        index += node.count
        gives = tuple(Port(node.name, i) for i in range(len(node.outputs)))
        reads, inputs = gives[: len(reads)] + reads[len(gives) :], after
        if len(nodes) > MOST_DIFFERENT:
            raise LimitExceeded(f"more than {MOST_DIFFERENT:,} repetitions differ")
    further = None
    if count == 1 and isinstance(unit.layer.repeat, str):
        further = _further(builder, frame, unit, reads, inputs, varies=varies)
    return _chained(unit, names, nodes, further)


def _input_names(count: int) -> tuple[str, ...]:
    return ("input",) if count == 1 else tuple(f"input{index}" for index in range(count))


def _further(
    builder: Builder,
    frame: Frame,
    unit: Unit,
    reads: tuple[Port, ...],
    inputs: Inputs,
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
    inputs: Inputs,
    *,
    varies: bool,
) -> Node | None:
    """Build one repetition, with `index` and `first` where they matter."""
    first = (unit.layer.first or {}) if index == 0 else {}
    target, layer = unit.target, unit.layer
    if varies:
        scope = frame.keys.extended({"index": index})
        target = resolve(builder.report, builder.spec, layer, scope, unit.path)
    scope = frame.keys.extended({"index": index})
    differing = {
        name: Written(raw, scope, (*unit.path, "first", name)) for name, raw in first.items()
    }
    target = target._replace(arguments={**target.arguments, **differing})
    origin = replace(unit.origin, asks=reads, arguments={**layer.arguments, **first})
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


def _chained(unit: Unit, names: tuple[str, ...], nodes: list[Node], further: Node | None) -> Node:
    """Put repetitions into a module, and call it once."""
    last = nodes[-1]
    inputs = tuple(tensor for tensor in unit.inputs if tensor is not None)
    module = Module(
        kind=Kind.CHAIN,
        name=unit.name,
        path=unit.path,
        inputs=dict(zip(names, inputs, strict=True)),
        nodes=tuple(nodes),
        results=tuple(Port(last.name, index) for index in range(len(last.outputs))),
        outputs=last.outputs,
        further=further,
    )
    return call_of(unit, module)
