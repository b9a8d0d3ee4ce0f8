"""Which layers and blocks look the same, so that they share a box or a picture."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, replace

from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port

# When two layers look the same, so that one picture of them is enough.

_DIGITS = "0123456789"


def alike(one: Node, other: Node, *, sized: bool = True) -> bool:
    """Say whether two layers would be drawn the same, names that are numbers aside.

    Without `sized` their arguments and shapes may differ, and their structure may not.
    """
    if shown_name(one) != shown_name(other) or (sized and one.outputs != other.outputs):
        return False
    if (one.again, one.trainable) != (other.again, other.trainable):
        return False
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return _same_operation(one, other, sized)
    if isinstance(one, Call) and isinstance(other, Call):
        return alike_modules(one.module, other.module, sized=sized)
    return False


def repeats(one: Node, other: Node) -> bool:
    """Say whether two are repetitions of one layer that differ in arguments, and in no shape."""
    if not isinstance(one, Call) or not isinstance(other, Call) or one.path != other.path:
        return False
    if (one.inputs, one.outputs) != (other.inputs, other.outputs):
        return False
    unnamed = shown_name(one) == shown_name(other) == ""
    return unnamed and alike_modules(one.module, other.module, sized=False)


def in_series(one: Node, other: Node) -> bool:
    """Say whether two calls of equal bodies are numbered on, as `block0` and `block1` are."""
    if not isinstance(one, Call) or not isinstance(other, Call) or one.outputs != other.outputs:
        return False
    if (one.again, one.trainable) != (other.again, other.trainable):
        return False
    stem = one.name.rstrip(_DIGITS)
    numbered = stem not in ("", one.name) and stem == other.name.rstrip(_DIGITS) != other.name
    return numbered and alike_modules(one.module, other.module)


def series_name(first: str, last: str) -> str:
    """Name layers from the first to the last.

    >>> series_name("block0", "block11"), series_name("block", "block")
    ('block0…11', 'block')
    """
    if first == last or last.isdigit():
        return first
    return f"{first}…{last.removeprefix(last.rstrip(_DIGITS))}"


def alike_modules(one: Module, other: Module, *, sized: bool = True) -> bool:
    """Say whether two bodies hold the same layers, connected in the same way."""
    if one is other:
        return True
    if (one.kind, one.name, one.results) != (other.kind, other.name, other.results):
        return False
    if (one.labels, one.training) != (other.labels, other.training):
        return False
    if _wiring(one) != _wiring(other):
        return False
    pairs = zip(one.nodes, other.nodes, strict=True)
    return all(alike(left, right, sized=sized) for left, right in pairs)


def shown_name(node: Node) -> str:
    """Give a layer's name unless it is only its number in a list or a chain."""
    return "" if node.name.isdigit() else node.name


def _same_operation(one: Leaf, other: Leaf, sized: bool) -> bool:
    if one.tie != other.tie:
        return False
    if sized:
        return one.operation == other.operation
    return type(one.operation) is type(other.operation)


def _wiring(module: Module) -> list[tuple[object, ...]]:
    return [(node.name, node.count, node.reads) for node in module.nodes]


# Which layers share a box: a layer with what only follows it, and equal ones in a row.


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


# The different blocks of a network: those built alike, whatever their sizes, are one.


@dataclass(frozen=True, slots=True)
class Definition:
    """A block as it is drawn: its name in the figure, and all modules that are built so."""

    name: str
    modules: tuple[Module, ...]


def definitions(network: Network) -> tuple[Definition, ...]:
    """Give every different block once, in the order in which they are first used.

    Where a condition makes one block into several, they are told apart by letters.
    """
    groups = _groups(network)
    names = [group[0].name for group in groups]
    lettered = (_lettered(names, index) for index in range(len(names)))
    return tuple(map(Definition, lettered, map(tuple, groups)))


def names_of(found: tuple[Definition, ...]) -> Callable[[Module], str]:
    """Give the function that says what a module is called in the figure."""
    names = {id(module): item.name for item in found for module in item.modules}
    return lambda module: names.get(id(module), module.name)


def _groups(network: Network) -> list[list[Module]]:
    groups: list[list[Module]] = []
    for module in network.modules():
        if module.kind is not Kind.BLOCK:
            continue
        group = next((group for group in groups if _built_alike(group[0], module)), None)
        if group is None:
            groups.append([module])
        else:
            group.append(module)
    return groups


def _built_alike(one: Module, other: Module) -> bool:
    return alike_modules(one, other, sized=False)


def _lettered(names: list[str], index: int) -> str:
    """Add a letter to a name that comes more than once.

    >>> [_lettered(["unit", "unit", "stem"], index) for index in range(3)]
    ['unit A', 'unit B', 'stem']
    """
    name = names[index]
    if names.count(name) == 1:
        return name
    return f"{name} {_letters(names[:index].count(name))}"


def _letters(number: int) -> str:
    letter = chr(ord("A") + number % 26)
    return letter if number < 26 else _letters(number // 26 - 1) + letter
