"""Which layers may not write over what they read, though they say `inplace: true`.

`inplace` saves memory and must change nothing else: the graph says what is computed. A layer may
overwrite a value only if nobody else can see it, and no gradient needs it: neither another layer
(also through a view of the same memory), nor who called the body, nor who receives its results.
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import NamedTuple

from archspec.diagnostics import Path
from archspec.emit.written import Call, Module, Network
from archspec.graph import Leaf, Node, Port
from archspec.operations import ValueOperation

ARGUMENT = "inplace"
"""The argument by which PyTorch's modules are told to write over their input."""


class NotInPlace(NamedTuple):
    """The layers whose `inplace` is to be left out, each with the reason.

    A layer is known by its path in the document: what is written there is built in one way for all
    its uses, so one use that forbids it is enough. `brought` is the reason for the layers whose
    `inplace` comes with a parameter of the block, and with that to all of them.
    """

    layers: Mapping[Path, str]
    brought: str | None = None

    def reason(self, node: Node, module: Module) -> str | None:
        """Say why a layer of a body is not in place; `None` where it may be, or never asked."""
        first = _definition(node, module)
        if not isinstance(first, Leaf) or ARGUMENT not in first.given:
            return None
        return self.brought if is_brought(first) else self.layers.get(first.path)


def not_in_place(network: Network) -> NotInPlace:
    """Find the layers that would overwrite what somebody else needs."""
    layers: dict[Path, str] = {}
    brought: str | None = None
    for module, node in _asking(network.model):
        reason, first = _forbidden(node, module), _definition(node, module)
        if reason is not None and is_brought(first):
            brought = brought or reason
        elif reason is not None:
            layers.setdefault(first.path, reason)
    return NotInPlace(layers, brought)


def is_brought(node: Node) -> bool:
    """Say whether the value of a layer parameter brings the argument."""
    return ARGUMENT not in node.origin.arguments


def held_nodes(module: Module) -> Iterator[Node]:
    """Give the nodes of a body, the calls that were spliced, and what a repetition more would be.

    Source is written from all of them.
    """
    yield from module.nodes
    yield from (splice.call for splice in module.splices)
    yield from () if module.further is None else [module.further]


def _asking(model: Module) -> Iterator[tuple[Module, Leaf]]:
    """Give the layers that say `inplace`, each with the body that it stands in."""
    for module in _modules(model):
        for node in held_nodes(module):
            first = _definition(node, module)
            if isinstance(node, Leaf) and isinstance(first, Leaf) and _asks(first):
                yield module, node


def _modules(model: Module) -> Iterable[Module]:
    seen: dict[int, Module] = {}
    waiting = [model]
    while waiting:
        module = waiting.pop()
        if id(module) not in seen:
            seen[id(module)] = module
            waiting += [node.module for node in held_nodes(module) if isinstance(node, Call)]
    return seen.values()


def _asks(node: Leaf) -> bool:
    """Say whether it overwrites its input, here or for other values of an expression."""
    written = isinstance(node.origin.arguments.get(ARGUMENT), str)
    return bool(node.given.get(ARGUMENT, False)) or (written and ARGUMENT in node.given)


def _definition(node: Node, module: Module) -> Node:
    """Give the layer that is built: of one that is called again, the first."""
    return module.by_name.get(node.again, node) if node.again else node


def _forbidden(node: Leaf, module: Module) -> str | None:
    """Say why a layer must not overwrite what it reads; `None` where it may."""
    if node.count > 1:
        return "it is repeated, and reads what it gave"
    if not node.operation.can_overwrite():
        return "with these arguments its gradient would be wrong"
    return _seen(node, module, node.reads[0])


def _seen(reader: Node, module: Module, port: Port) -> str | None:
    """Say who else sees the memory of a value, or whose gradient needs it."""
    beside = _beside(reader, module, port)
    if beside is not None:
        return beside
    if port.name not in module.by_name:
        return f"whoever gave `{port.name}` may read it again"
    return _kept(module.by_name[port.name], module, port.index)


def _beside(reader: Node, module: Module, port: Port) -> str | None:
    """Name who reads a value beside one reader, also a layer that is absent here."""
    if port in module.results:
        return f"`{port.name}` is a result as well"
    others = (node.name for node in module.nodes if node is not reader and port in node.reads)
    absent = (key for key in module.absent if key not in _standing_in(reader, module))
    named = [*others, *(key for key in absent if _present(module, module.absent[key]) == port)]
    return f"`{named[0]}` reads `{port.name}` as well" if named else None


def _standing_in(reader: Node, module: Module) -> frozenset[str]:
    """Name the absent layers that the reader reads, were they there: nobody reads past them."""
    found: set[str] = set()
    for port in reader.origin.asks:
        while port.name in module.absent and port.name not in found:
            found.add(port.name)
            port = module.absent[port.name]
    return frozenset(found)


def _present(module: Module, port: Port) -> Port:
    seen: set[str] = set()
    while port.name in module.absent and port.name not in seen:
        seen.add(port.name)
        port = module.absent[port.name]
    return port


def _kept(node: Node, module: Module, index: int) -> str | None:
    """Say why what a layer gives must stay as it is."""
    if isinstance(node, Call):
        return _kept_inside(node.module, index)
    assert isinstance(node, Leaf)
    memory = node.operation.memory_of(len(node.reads))
    if memory == "own":
        return None
    if memory == "input" and node.count == 1:
        return _seen(node, module, node.reads[0])
    if isinstance(node.operation, ValueOperation):
        return f"`{node.name}` is a weight"
    if len(node.outputs) > 1:
        return f"`{node.name}` gives parts of one tensor, or its gradient needs what it gives"
    return f"`{node.name}` gives a view, or its gradient needs what it gives"


def _kept_inside(module: Module, index: int) -> str | None:
    """Say why a result of a body must stay as it is."""
    port = module.results[index]
    name = f"`{module.name}`"
    if module.results.count(port) > 1 or any(port in node.reads for node in module.nodes):
        return f"what {name} gives is read inside it as well"
    if port.name not in module.by_name:
        return f"{name} passes on what it reads"
    return _kept(module.by_name[port.name], module, port.index)
