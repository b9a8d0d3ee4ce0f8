"""Which layers and blocks look the same, so that they share a box or a picture."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port

_DIGITS = "0123456789"


def alike(one: Node, other: Node, *, sized: bool = True) -> bool:
    """Say whether two layers would be drawn the same, names that are numbers aside.

    Without `sized` their arguments and shapes may differ, and their structure may not.
    """
    if shown_name(one) != shown_name(other) or (sized and one.outputs != other.outputs):
        return False
    if not _same_weights(one, other):
        return False
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        same_kind = one.tie == other.tie and type(one.operation) is type(other.operation)
        return same_kind and (not sized or one.operation == other.operation)
    if isinstance(one, Call) and isinstance(other, Call):
        return alike_modules(one.module, other.module, sized=sized)
    return False


def alike_modules(one: Module, other: Module, *, sized: bool = True) -> bool:
    """Say whether two bodies hold the same layers, connected in the same way."""
    if one is other:
        return True
    if _structure(one) != _structure(other):
        return False
    pairs = zip(one.nodes, other.nodes, strict=True)
    return all(alike(left, right, sized=sized) for left, right in pairs)


def shown_name(node: Node) -> str:
    """Give a layer's label, else its name unless that is only its number in a list or a chain."""
    return node.origin.label or ("" if node.name.isdigit() else node.name)


def series_name(first: str, last: str) -> str:
    """Name layers from the first to the last.

    >>> series_name("block0", "block11"), series_name("block", "block")
    ('block0…11', 'block')
    """
    if first == last or last.isdigit():
        return first
    return f"{first}…{last.removeprefix(last.rstrip(_DIGITS))}"


def _same_weights(one: Node, other: Node) -> bool:
    return (one.again, one.trainable) == (other.again, other.trainable)


def _structure(module: Module) -> tuple[object, ...]:
    wiring = [(node.name, node.count, node.reads) for node in module.nodes]
    gives = (module.results, module.labels, module.training)
    return module.kind, module.name, gives, wiring


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
    ports = (port for node in module.nodes for port in node.reads)
    readers = Counter(port.name for port in (*ports, *module.results))
    units = [Unit((node,), node.count, node.name) for node in module.nodes]
    if merges:
        units = _joined(units, readers, _merged)
    return tuple(_joined(units, readers, _folded))


def _title(node: Node) -> str:
    operation = node.operation.op() if isinstance(node, Leaf) else ""
    return shown_name(node) or operation


def _joined(
    units: list[Unit], readers: Counter[str], join: Callable[[Unit, Unit], Unit | None]
) -> list[Unit]:
    """Put each unit that alone reads the one before it into that one's box, where both fit."""
    joined: list[Unit] = []
    for unit in units:
        before = joined[-1] if joined else None
        both = join(before, unit) if before and _continues(before, unit, readers) else None
        if both is None:
            joined.append(unit)
        else:
            joined[-1] = both
    return joined


def _merged(before: Unit, unit: Unit) -> Unit | None:
    """Let a layer share a box that only treats, number by number, what the layers before give."""
    node = unit.head
    if not isinstance(before.head, Leaf) or not isinstance(node, Leaf):
        return None
    if node.operation.weighted or len(node.inputs) != 1 or len(node.outputs) != 1:
        return None
    once = before.count == node.count == 1
    if not once or node.inputs[0].elements != node.outputs[0].elements:
        return None
    return Unit((*before.nodes, *unit.nodes), 1, unit.last)


def _folded(before: Unit, unit: Unit) -> Unit | None:
    """Let equal layers share a box, and repetitions that are nearly so."""
    equal = len(before.nodes) == len(unit.nodes) and all(map(alike, before.nodes, unit.nodes))
    if not equal and not _in_series(before.head, unit.head):
        return None
    count, others = before.count + unit.count, (*before.others, unit.head)
    return replace(before, count=count, last=unit.last, others=others)


def _continues(before: Unit, unit: Unit, readers: Counter[str]) -> bool:
    """Say whether a unit reads what the one before gives, and nothing else reads that."""
    gives = tuple(Port(before.last, index) for index in range(len(before.nodes[-1].outputs)))
    return unit.head.reads == gives and readers[before.last] == len(gives)


def _in_series(one: Node, other: Node) -> bool:
    """Say whether two calls are repetitions whose arguments differ, and no shape.

    Or they are calls of equal bodies that are numbered on, as `block0` and `block1` are.
    """
    if not isinstance(one, Call) or not isinstance(other, Call) or one.outputs != other.outputs:
        return False
    if one.path == other.path and one.inputs == other.inputs:
        unnamed = shown_name(one) == shown_name(other) == ""
        if unnamed and alike_modules(one.module, other.module, sized=False):
            return True
    stem = one.name.rstrip(_DIGITS)
    numbered = stem not in ("", one.name) and stem == other.name.rstrip(_DIGITS) != other.name
    labelled = one.origin.label is not None or other.origin.label is not None
    fits = numbered and not labelled and _same_weights(one, other)
    return fits and alike_modules(one.module, other.module)


@dataclass(frozen=True, slots=True)
class Definition:
    """A block as it is drawn: its name in the figure, and all modules that are built so."""

    name: str
    modules: tuple[Module, ...]


def definitions(network: Network) -> tuple[Definition, ...]:
    """Give every different block once, in the order in which they are first used.

    Where a condition makes one block into several, letters keep them apart.
    """
    groups: list[list[Module]] = []
    for module in network.modules():
        if module.kind is Kind.BLOCK:
            like = (group for group in groups if alike_modules(group[0], module, sized=False))
            group = next(like, None)
            if group is None:
                groups.append([module])
            else:
                group.append(module)
    names = _lettered([group[0].name for group in groups])
    return tuple(map(Definition, names, map(tuple, groups)))


def names_of(definitions: tuple[Definition, ...]) -> Callable[[Module], str]:
    """Give the function that says what a module is called in the figure."""
    names = {id(module): item.name for item in definitions for module in item.modules}
    return lambda module: names.get(id(module), module.name)


def _lettered(names: list[str]) -> list[str]:
    """Add a letter to each name that comes more than once.

    >>> _lettered(["unit", "unit", "stem"])
    ['unit A', 'unit B', 'stem']
    """
    return [
        name if names.count(name) == 1 else f"{name} {_letters(names[:index].count(name))}"
        for index, name in enumerate(names)
    ]


def _letters(number: int) -> str:
    letter = chr(ord("A") + number % 26)
    return letter if number < 26 else _letters(number // 26 - 1) + letter
