"""Turns the graph of graphs into a figure: which layers are opened, and which share a box."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archspec.draw.alike import shown_name
from archspec.draw.facts import argument_facts, leaf_facts, shape_text
from archspec.draw.figure import Arrow, Box, Frame, Item, Role
from archspec.draw.shortcuts import shortcut_of
from archspec.draw.units import Unit, units_of
from archspec.graph import Call, Kind, Leaf, Module, Node, Port
from archspec.tensors import Tensor

Values = Mapping[Port, str]
"""The keys of the boxes from which the values of a body come."""


@dataclass(frozen=True, slots=True)
class Detail:
    """How much is shown: which bodies are opened, who shares boxes, what blocks are called."""

    opens: frozenset[Kind]
    merges: bool = True
    block_name: Callable[[Module], str] = lambda module: module.name


@dataclass(slots=True)
class Sketch:
    """Collects the arrows of a figure while its boxes are made; keys count up."""

    detail: Detail
    batch: str
    arrows: list[Arrow] = field(default_factory=list)
    ranks: dict[str, int] = field(default_factory=dict)
    frames: int = 0

    def whole(self, modules: Sequence[Module]) -> tuple[Item, ...]:
        """Draw a body from its inputs to its outputs.

        Several are the same body with other sizes: what differs between them is listed.
        """
        inputs = tuple(self._value(name) for name in modules[0].inputs)
        sources = {Port(box.title): box.key for box in inputs}
        items, results = self._body(modules, sources)
        return (*inputs, *items, self._output(modules, results))

    def frame_key(self) -> str:
        """Give the key of a new frame."""
        self.frames += 1
        return f"cluster_{self.frames}"

    def _body(
        self, modules: Sequence[Module], sources: Values
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        values = dict(sources)
        items = []
        for unit in units_of(modules[0], merges=self.detail.merges):
            item, gives = self._unit(modules, unit, values)
            items.append(item)
            values |= {Port(unit.last, index): key for index, key in enumerate(gives)}
        return tuple(items), tuple(values[port] for port in modules[0].results)

    def _unit(
        self, modules: Sequence[Module], unit: Unit, values: Values
    ) -> tuple[Item, tuple[str, ...]]:
        heads = [module.node(unit.head.name) for module in modules]
        tails = [values[port] for port in unit.head.reads]
        if isinstance(unit.head, Call) and unit.head.module.kind in self.detail.opens:
            return self._opened(heads, unit, tails)
        box = self._box(heads, unit)
        self._connect(tails, box.key, list(zip(*(head.inputs for head in heads), strict=True)))
        return box, (box.key,) * len(unit.nodes[-1].outputs)

    def _opened(
        self, heads: Sequence[Node], unit: Unit, tails: Sequence[str]
    ) -> tuple[Item, tuple[str, ...]]:
        modules = [head.module for head in heads if isinstance(head, Call)]
        key = self.frame_key()
        sources = dict(zip(map(Port, modules[0].inputs), tails, strict=True))
        items, results = self._body(modules, sources)
        title = self._call_title(unit.head, modules[0])
        return _enclosed(Frame(key, title, items, unit.count)), results

    def _box(self, heads: Sequence[Node], unit: Unit) -> Box:
        key = self._key()
        head = unit.head
        if isinstance(head, Call):
            return self._closed(key, head, unit.count)
        title = " · ".join(_leaf_title(node) for node in unit.nodes)
        leaves = [head for head in heads if isinstance(head, Leaf)]
        return Box(key, _role(unit), title, leaf_facts(leaves), unit.count)

    def _closed(self, key: str, call: Call, count: int) -> Box:
        title = self._call_title(call, call.module)
        facts = argument_facts(call.module)
        return Box(key, Role.BLOCK, title, facts, count, shortcut_of(call.module))

    def _call_title(self, call: Node, module: Module) -> str:
        if module.kind is not Kind.BLOCK:
            return call.name
        return "  ".join(filter(None, (shown_name(call), self.detail.block_name(module))))

    def _value(self, name: str) -> Box:
        box = Box(self._key(), Role.VALUE, name)
        self.ranks[box.key] = 0
        return box

    def _output(self, modules: Sequence[Module], results: Sequence[str]) -> Box:
        box = Box(self._key(), Role.VALUE, "output")
        tensors = list(zip(*(module.outputs for module in modules), strict=True))
        self._connect(results, box.key, tensors)
        return box

    def _key(self) -> str:
        return f"n{len(self.ranks)}"

    def _connect(
        self, tails: Sequence[str], head: str, tensors: Sequence[Sequence[Tensor]]
    ) -> None:
        rank = 1 + max((self.ranks[tail] for tail in tails), default=-1)
        self.ranks[head] = rank
        for tail, given in zip(tails, tensors, strict=True):
            label = shape_text(given, self.batch)
            self.arrows.append(Arrow(tail, head, label, rank - self.ranks[tail] > 1))


def _leaf_title(node: Node) -> str:
    operation = node.operation.op() if isinstance(node, Leaf) else ""
    return shown_name(node) or operation


def _role(unit: Unit) -> Role:
    if len(unit.head.reads) > 1:
        return Role.JOIN
    leaves = [node for node in unit.nodes if isinstance(node, Leaf)]
    return Role.WEIGHTED if any(leaf.weights for leaf in leaves) else Role.WEIGHTLESS


def _enclosed(frame: Frame) -> Item:
    """Put a frame's name into the box, if it holds only one."""
    if len(frame.items) != 1 or not isinstance(frame.items[0], Box):
        return frame
    box = frame.items[0]
    return replace(box, title=f"{frame.title}  {box.title}".strip(), count=frame.count * box.count)
