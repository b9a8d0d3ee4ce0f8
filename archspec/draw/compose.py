"""Decides what a figure shows of a network: which bodies are opened, and which layers share boxes.

There are three levels of detail: stages, blocks and layers.
"""

from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from archspec.draw.box_text import argument_facts, leaf_facts, shape_text, special_facts
from archspec.draw.figure import Arrow, Box, Figure, Frame, Item, Role, Shortcut, boxes
from archspec.draw.grouping import (
    Unit,
    definitions,
    names_of,
    series_name,
    shown_name,
    units_of,
)
from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port
from archspec.sizes import Tensor

LEVELS = ("stage", "block", "layer")

_MANY = 3
"""So many values from one box to another that a figure has one arrow for them."""

Values = Mapping[Port, str]
"""The keys of the boxes from which the values of a body come."""


def figure_of(network: Network, level: str) -> Figure:
    """Decide what is drawn at the level `stage`, `block` or `layer`.

    Stages show blocks closed, and everything else opened. Blocks are drawn beside the stages, each
    different one once. At the level of layers all is opened, and only equal ones share a box.
    """
    if level not in LEVELS:
        raise ValueError(f"there is no level `{level}`, only `stage`, `block` and `layer`")
    blocks = definitions(network) if level == "block" else ()
    opens = frozenset(Kind) - (frozenset() if level == "layer" else {Kind.BLOCK})
    sketch = Sketch(network.batch, opens, level != "layer", names_of(blocks))
    whole = sketch.whole([network.model])
    frames = tuple(Frame(sketch.frame_key(), it.name, sketch.whole(it.modules)) for it in blocks)
    stacked = tuple(_stacked(sketch, frames, sketch.rows(whole)))
    return Figure(network.model.name, (*whole, *frames), tuple(sketch.arrows), stacked)


def _stacked(
    sketch: "Sketch", frames: tuple[Frame, ...], tallest: int
) -> Iterator[tuple[str, str]]:
    """Put frames into columns that are as tall as the model: a page is not as wide as they are."""
    height = tallest
    for above, frame in zip((None, *frames), frames, strict=False):
        own = sketch.rows(frame.items)
        fits = above is not None and height + own <= tallest
        if above is not None and fits:
            yield list(boxes(above.items))[-1].key, next(boxes(frame.items)).key
        height = own + (height if fits else 0)


@dataclass(slots=True)
class Sketch:
    """Collects the arrows of a figure while its boxes are made; keys count up.

    Bodies of the kinds in `opens` are opened, and with `merges` a layer may share a box with what
    only follows it. `values` are the boxes that read nothing; `in_training` says that only training
    needs what is drawn now, and `in_again` that its weights are those of another layer.
    """

    batch: str
    opens: frozenset[Kind]
    merges: bool
    block_name: Callable[[Module], str]
    arrows: list[Arrow] = field(default_factory=list)
    ranks: dict[str, int] = field(default_factory=dict)
    values: set[str] = field(default_factory=set)
    frames: int = 0
    in_training: bool = False
    in_again: bool = False

    def whole(self, modules: Sequence[Module]) -> tuple[Item, ...]:
        """Draw a body from its inputs to its outputs.

        Several are the same body with other sizes: what differs between them is listed.
        """
        inputs = tuple(self._value(name) for name in modules[0].inputs)
        sources = {Port(box.title): box.key for box in inputs}
        items, results = self._body(modules, sources)
        return (*inputs, *items, *self._outputs(modules, results))

    def frame_key(self) -> str:
        """Give the key of a new frame."""
        self.frames += 1
        return f"cluster_{self.frames}"

    def rows(self, items: tuple[Item, ...]) -> int:
        """Count the boxes that stand below each other."""
        return 1 + max(self.ranks[box.key] for box in boxes(items))

    def _body(
        self, modules: Sequence[Module], sources: Values
    ) -> tuple[tuple[Item, ...], tuple[str, ...]]:
        values = dict(sources)
        items = []
        around = self.in_training
        for unit in units_of(modules[0], merges=self.merges):
            self.in_training = around or unit.head.name in modules[0].only_training
            item, gives = self._unit(modules, unit, values)
            items.append(item)
            values |= {Port(unit.last, index): key for index, key in enumerate(gives)}
        self.in_training = around
        return tuple(items), tuple(values[port] for port in modules[0].results)

    def _unit(
        self, modules: Sequence[Module], unit: Unit, values: Values
    ) -> tuple[Item, tuple[str, ...]]:
        heads = [module.node(unit.head.name) for module in modules]
        tails = [values[port] for port in unit.head.reads]
        if isinstance(unit.head, Call) and unit.head.module.kind in self.opens:
            return self._opened(modules[0], heads, unit, tails)
        box = self._box(modules[0], heads, unit)
        self._connect(tails, box.key, list(zip(*(head.inputs for head in heads), strict=True)))
        return box, (box.key,) * len(unit.nodes[-1].outputs)

    def _opened(
        self, body: Module, heads: Sequence[Node], unit: Unit, tails: Sequence[str]
    ) -> tuple[Item, tuple[str, ...]]:
        modules = [head.module for head in heads if isinstance(head, Call)]
        key = self.frame_key()
        sources = dict(zip(map(Port, modules[0].inputs), tails, strict=True))
        around, self.in_again = self.in_again, self.in_again or unit.head.again is not None
        items, results = self._body(modules, sources)
        self.in_again = around
        title = self._call_title(unit, modules[0])
        frame = Frame(key, title, items, unit.count, self.in_training)
        return _enclosed(frame, special_facts(unit.head, body)), results

    def _box(self, body: Module, heads: Sequence[Node], unit: Unit) -> Box:
        head, shortcut = unit.head, Shortcut.NONE
        if isinstance(head, Call):
            role, title = Role.BLOCK, self._call_title(unit, head.module)
            calls = [node for node in (head, *unit.others) if isinstance(node, Call)]
            facts = argument_facts([call.module for call in calls])
            shortcut = shortcut_of(head.module)
        else:
            role, title = _role(unit), unit.title
            facts = leaf_facts([head for head in heads if isinstance(head, Leaf)])
        facts, shares = _joined(facts, special_facts(head, body)), self._shares(unit)
        key, training = self._key(), self.in_training
        return Box(key, role, title, facts, unit.count, shortcut, shares, training)

    def _shares(self, unit: Unit) -> bool:
        """Say whether a layer that has weights has those of another one."""
        head = unit.head
        if isinstance(head, Leaf) and head.tie is not None:
            return True
        return (self.in_again or head.again is not None) and unit.has_weights

    def _call_title(self, unit: Unit, module: Module) -> str:
        name = unit.head.origin.label or series_name(unit.head.name, unit.last)
        if module.kind is not Kind.BLOCK:
            return name
        shown = name if shown_name(unit.head) else ""
        words = dict.fromkeys((shown, self.block_name(module)))
        return "  ".join(filter(None, words))

    def _value(self, name: str) -> Box:
        box = Box(self._key(), Role.VALUE, name)
        self.ranks[box.key] = 0
        return box

    def _outputs(self, modules: Sequence[Module], results: Sequence[str]) -> tuple[Box, ...]:
        """Draw what comes out, each value by itself where they have names."""
        tensors = list(zip(*(module.outputs for module in modules), strict=True))
        model = modules[0]
        if len(results) == 1 or not (model.labels or model.training):
            return (self._output("output", results, tensors),)
        names = model.labels or tuple(f"output {place}" for place in range(len(results)))
        boxes = []
        for place, (name, key, given) in enumerate(zip(names, results, tensors, strict=True)):
            self.in_training = place in model.training
            title = f"{name} (in training)" if self.in_training else name
            boxes.append(self._output(title, [key], [given]))
        self.in_training = False
        return tuple(boxes)

    def _output(
        self, title: str, results: Sequence[str], tensors: Sequence[Sequence[Tensor]]
    ) -> Box:
        box = Box(self._key(), Role.VALUE, title, training=self.in_training)
        self._connect(results, box.key, tensors)
        return box

    def _key(self) -> str:
        return f"n{len(self.ranks)}"

    def _connect(
        self, tails: Sequence[str], head: str, tensors: Sequence[Sequence[Tensor]]
    ) -> None:
        rank = 1 + max((self.ranks[tail] for tail in tails), default=-1)
        self.ranks[head] = rank
        if not tails:
            self.values.add(head)
        for tail, label in self._labelled(tails, tensors):
            skips = rank - self.ranks[tail] > 1 and tail not in self.values
            self.arrows.append(Arrow(tail, head, label, skips, self.in_training))

    def _labelled(
        self, tails: Sequence[str], tensors: Sequence[Sequence[Tensor]]
    ) -> Iterator[tuple[str, str]]:
        """Label the arrows by shapes; many from one box to another are one."""
        parallel = Counter(tails)
        for tail, given in zip(tails, tensors, strict=True):
            if parallel[tail] < _MANY:
                yield tail, shape_text(given, self.batch)
        for tail, number in parallel.items():
            if number >= _MANY:
                yield tail, f"{number} values"


def _role(unit: Unit) -> Role:
    if len(unit.head.reads) > 1:
        return Role.JOIN
    return Role.WEIGHTED if unit.has_weights else Role.WEIGHTLESS


def _joined(*facts: str) -> str:
    return ", ".join(filter(None, facts))


def _enclosed(frame: Frame, special: str) -> Item:
    """Put a frame's name into the box, if it holds only one."""
    if len(frame.items) != 1 or not isinstance(frame.items[0], Box):
        title = f"{frame.title}  ({special})" if special else frame.title
        return replace(frame, title=title)
    box = frame.items[0]
    return replace(
        box,
        title=f"{frame.title}  {box.title}".strip(),
        count=frame.count * box.count,
        facts=_joined(box.facts, special),
    )


def shortcut_of(module: Module) -> Shortcut:
    """Say what is added to what a body's layers compute: nothing, its input, or a projection.

    A join is a shortcut's end where all that it reads has the shape that it gives, so that a
    concatenation of branches is none.
    """
    lengths = _lengths(module)
    shortcuts = {_shortcut_at(node, lengths) for node in module.nodes if _adds(node)}
    kinds = (Shortcut.IDENTITY, Shortcut.PROJECTION)
    return next((kind for kind in kinds if kind in shortcuts), Shortcut.NONE)


def _lengths(module: Module) -> dict[str, int]:
    """Count the layers on the longest way from an input to each value; inputs have 0."""
    counted = dict.fromkeys(module.inputs, 0)
    for node in module.nodes:
        counted[node.name] = 1 + max((counted[port.name] for port in node.reads), default=0)
    return counted


def _adds(node: Node) -> bool:
    same = all(tensor == node.outputs[0] for tensor in node.inputs)
    return len(node.inputs) > 1 and len(node.outputs) == 1 and same


def _shortcut_at(node: Node, counted: dict[str, int]) -> Shortcut:
    ways = [counted[port.name] for port in node.reads]
    if min(ways) == max(ways):
        return Shortcut.NONE
    return Shortcut.PROJECTION if min(ways) else Shortcut.IDENTITY
