"""Which layers share a box: a layer with what only follows it, and equal ones in a row."""

from collections import Counter
from dataclasses import dataclass, replace

from archspec.draw.alike import alike, in_series, repeats, shown_name
from archspec.graph import Leaf, Module, Node, Port


@dataclass(frozen=True, slots=True)
class Unit:
    """Layers in a row that share a box, `count` times; `last` is the name of the very last.

    `others` are the further repetitions of a layer, where these differ in their arguments.
    """

    nodes: tuple[Node, ...]
    count: int
    last: str
    others: tuple[Node, ...] = ()

    @property
    def head(self) -> Node:
        """The layer that reads for all."""
        return self.nodes[0]

    @property
    def title(self) -> str:
        """The names of its layers, or what they are where a name is only a number."""
        return " · ".join(map(_title, self.nodes))

    @property
    def has_weights(self) -> bool:
        """Whether one of its layers has weights, or holds layers that may."""
        return any(not isinstance(node, Leaf) or node.weights for node in self.nodes)


def units_of(module: Module, *, merges: bool) -> tuple[Unit, ...]:
    """Share out the layers of a body; without `merges` only equal layers share a box."""
    readers = _readers(module)
    units = [Unit((node,), node.count, node.name) for node in module.nodes]
    if merges:
        units = _merged(units, readers)
    return tuple(_folded(units, readers))


def _title(node: Node) -> str:
    operation = node.operation.op() if isinstance(node, Leaf) else ""
    return shown_name(node) or operation


def _readers(module: Module) -> Counter[str]:
    ports = [port for node in module.nodes for port in node.reads]
    return Counter(port.name for port in (*ports, *module.results))


def _merged(units: list[Unit], readers: Counter[str]) -> list[Unit]:
    merged: list[Unit] = []
    for unit in units:
        before = merged[-1] if merged else None
        if before and _continues(before, unit, readers) and _joins(before, unit.head):
            merged[-1] = Unit((*before.nodes, *unit.nodes), 1, unit.last)
        else:
            merged.append(unit)
    return merged


def _folded(units: list[Unit], readers: Counter[str]) -> list[Unit]:
    folded: list[Unit] = []
    for unit in units:
        before = folded[-1] if folded else None
        if before and _continues(before, unit, readers) and _equal(before, unit):
            count, others = before.count + unit.count, (*before.others, unit.head)
            folded[-1] = replace(before, count=count, last=unit.last, others=others)
        else:
            folded.append(unit)
    return folded


def _continues(before: Unit, unit: Unit, readers: Counter[str]) -> bool:
    """Say whether a unit reads what the one before gives, and nothing else reads that."""
    gives = tuple(Port(before.last, index) for index in range(len(before.nodes[-1].outputs)))
    return unit.head.reads == gives and readers[before.last] == len(gives)


def _joins(before: Unit, node: Node) -> bool:
    """Say whether a layer only treats, number by number, what the layers before it give."""
    if not isinstance(before.head, Leaf) or not isinstance(node, Leaf):
        return False
    if node.operation.weighted or len(node.inputs) != 1 or len(node.outputs) != 1:
        return False
    once = before.count == node.count == 1
    return once and node.inputs[0].elements == node.outputs[0].elements


def _equal(before: Unit, unit: Unit) -> bool:
    if in_series(before.head, unit.head) or repeats(before.head, unit.head):
        return True
    same_length = len(before.nodes) == len(unit.nodes)
    return same_length and all(map(alike, before.nodes, unit.nodes))
