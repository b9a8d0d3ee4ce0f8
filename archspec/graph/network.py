"""A network: the model's module, and every operation in it under its path."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Path
from archspec.document import Spec
from archspec.graph.module import Call, Module, Provenance
from archspec.graph.nodes import Leaf, Node, Port, connect, new_graph
from archspec.sizes import Condition, Size

if TYPE_CHECKING:
    import networkx as nx


class Needed(NamedTuple):
    """A condition on the input's size, and the path of the layer that needs it."""

    condition: Condition
    path: Path


@dataclass(frozen=True, eq=False)
class Network:
    """A checked network: its model's module, the parameters it was built for, its conditions.

    `spec` is the document that it was made of; a graph that was built by hand has none. `symbols`
    are the sizes that were given to symbols of the spec, and `chosen` the parameters that have a
    value from a variant or a caller, not their default. `provenance` says of the modules what
    their nodes do not.
    """

    model: Module
    parameters: Mapping[str, object]
    conditions: tuple[Needed, ...] = ()
    batch: str = "N"
    spec: Spec | None = field(default=None, repr=False)
    symbols: Mapping[str, Size] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()
    provenance: Mapping[Module, Provenance] = field(default_factory=dict, repr=False)

    @property
    def graph(self) -> "nx.MultiDiGraph[str]":
        """The model's own graph; its calls hold those of the blocks and groups."""
        return self.model.graph

    def modules(self) -> tuple[Module, ...]:
        """Give every different module once, callees before their callers."""
        return self._modules

    @cached_property
    def _modules(self) -> tuple[Module, ...]:
        seen: dict[int, Module] = {}
        _collect(self.model, seen)
        return tuple(seen.values())

    def flatten(self) -> "nx.MultiDiGraph[str]":
        """Give one graph of all operations, every instance under its own path `layer1.0.conv1`."""
        graph = new_graph(self.model.name)
        entries = {}
        for name, tensor in self.model.inputs.items():
            graph.add_node(name, tensor=tensor)
            entries[Port(name)] = Port(name)
        _inline(graph, self.model, "", entries)
        return graph


def instances(module: Module, prefix: str = "") -> Iterator[tuple[str, Leaf]]:
    """Give every operation below a module under its full path, in the order of the `state_dict`.

    What is called again is not given a second time.
    """
    for node in module.keyed:
        for name in repetitions(node):
            if isinstance(node, Call):
                yield from instances(node.module, f"{prefix}{name}.")
            elif isinstance(node, Leaf):
                yield f"{prefix}{name}", node


def key_of(path: str, weight: str) -> str:
    """Give the key of a weight: that of a `parameter` is its path alone.

    >>> key_of("fc", "weight"), key_of("class_token", "")
    ('fc.weight', 'class_token')
    """
    return f"{path}.{weight}" if weight else path


def repetitions(node: Node) -> Iterator[str]:
    """Name the repetitions for which a node stands."""
    if node.count == 1:
        yield node.name
        return
    if node.again is not None:
        yield from (f"{node.name}.{index}" for index in range(node.count))
        return
    first = int(node.name)
    yield from (str(index) for index in range(first, first + node.count))


def carried(node: Node) -> int:
    """Count the values that a repetition takes from the one before it: none that are tapped."""
    taps = node.module.taps if isinstance(node, Call) else 0
    return min(len(node.inputs), len(node.outputs) - taps)


def _collect(module: Module, seen: dict[int, Module]) -> None:
    for node in module.nodes:
        if isinstance(node, Call) and id(node.module) not in seen:
            _collect(node.module, seen)
    seen[id(module)] = module


def _inline(
    graph: "nx.MultiDiGraph[str]", module: Module, prefix: str, values: dict[Port, Port]
) -> tuple[Port, ...]:
    """Add a module's operations under a prefix; give the ports that are its outputs."""
    ports = dict(values)
    for node in module.nodes:
        reads = tuple(ports[port] for port in node.reads)
        taken = carried(node)
        for name in repetitions(node):
            gives = _add_instance(graph, node, f"{prefix}{name}", reads)
            reads = gives[:taken] + reads[taken:]
        for index, port in enumerate(gives):
            ports[Port(node.name, index)] = port
    return tuple(ports[port] for port in module.results)


def _add_instance(
    graph: "nx.MultiDiGraph[str]", node: Node, path: str, reads: tuple[Port, ...]
) -> tuple[Port, ...]:
    if isinstance(node, Call):
        entries = dict(zip(map(Port, node.module.inputs), reads, strict=True))
        return _inline(graph, node.module, f"{path}.", entries)
    connect(graph, path, node, reads)
    return tuple(Port(path, index) for index in range(len(node.outputs)))
