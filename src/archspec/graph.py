"""A network as a graph of graphs: modules whose nodes are operations or calls of other modules.

A module is one body (the model, a block, a group, or the chain that a `repeat` makes), specialised
by its arguments and the shapes that it receives, and built and checked once however often it is
called. Its `graph` is a `networkx.MultiDiGraph` whose keys of edges are input slots.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Path
from archspec.dimensions import Condition, Size, symbol
from archspec.ops import Operation, ValueOperation
from archspec.spec import Body, Layer, Packing, Spec
from archspec.tensors import Tensor

if TYPE_CHECKING:
    import networkx as nx


class Port(NamedTuple):
    """One value of a body: the `index`-th that the layer or input `name` gives."""

    name: str
    index: int = 0  # type: ignore[assignment]  # a port is no sequence in which to search


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A layer of a body: what it reads, what it gives, and where it was written.

    `count` is above 1 only in a chain: the node then stands for the repetitions
    `name`, `name + 1`, … that are equal; and where an earlier layer is called again so many times.
    `again` names the earlier node of the body that is called again, with its weights and without
    keys of its own. `trainable` is false where the weights inside stay as they are.
    """

    name: str
    path: Path
    reads: tuple[Port, ...]
    inputs: tuple[Tensor, ...]
    outputs: tuple[Tensor, ...]
    count: int = 1
    origin: "Origin" = field(default_factory=lambda: Origin())
    again: str | None = None
    trainable: bool = True


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """How a layer was written, for whoever writes it again in another language.

    `asks` are the ports as `from` names them, absent layers included; `arguments` those that were
    written at the layer itself, as they stand there; `parameter` the layer parameter that it is.
    """

    layer: Layer | None = None
    asks: tuple[Port, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)
    parameter: str | None = None
    init: object = None


@dataclass(frozen=True, slots=True, eq=False)
class Splice:
    """A layer that left its name out: the nodes that stand in the parent, and its own module."""

    name: str
    nodes: tuple[str, ...]
    call: "Call"
    deep: bool = False


@dataclass(frozen=True, slots=True, eq=False)
class Typed:
    """What the rules of an operation say of it for the shapes that it reads.

    `inferred` are the arguments that it read off its inputs. `weights` and `buffers` are shapes by
    their `state_dict` names. `macs` are of one sample; `None` where there is no rule.
    """

    outputs: tuple[Tensor, ...]
    inferred: Mapping[str, int]
    weights: Mapping[str, tuple[int, ...]]
    buffers: Mapping[str, tuple[int, ...]]
    macs: Size | None
    conditions: tuple[Condition, ...] = ()


class Tie(NamedTuple):
    """Where the weight stands that a layer shares: so many bodies up, then down a path of names."""

    up: int
    path: tuple[str, ...]
    weight: str = "weight"


class Needed(NamedTuple):
    """A condition on the input's size, and the path of the layer that needs it."""

    condition: Condition
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class Leaf(Node):
    """A node that is an operation.

    `given` are the arguments as they were evaluated, before defaults. `typed` is shared by all
    nodes of an equal operation that reads equal shapes. `tie` says whose weight it has instead of
    one of its own.
    """

    operation: Operation = field(kw_only=True)
    given: Mapping[str, object] = field(kw_only=True)
    typed: Typed = field(kw_only=True)
    tie: Tie | None = None

    @property
    def inferred(self) -> Mapping[str, int]:
        """The arguments that were read off the inputs."""
        return self.typed.inferred

    @property
    def weights(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the parameters by their names."""
        return self.typed.weights

    @property
    def buffers(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of the buffers by their names."""
        return self.typed.buffers

    @property
    def macs(self) -> Size | None:
        """Multiply-accumulates of one sample; `None` where there is no rule."""
        return self.typed.macs


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A node that is an instance of a module."""

    module: "Module" = field(kw_only=True)


class Kind(Enum):
    """What a module was in the spec."""

    MODEL = "model"
    BLOCK = "block"
    GROUP = "group"
    CHAIN = "chain"


@dataclass(frozen=True, eq=False)
class Module:
    """One specialised body.

    `name` is the model's or block's name, and for a group or chain the name of its layer. `nodes`
    stand in the order of the spec, absent layers left out. `absent` maps the keys of layers that
    `when` leaves out to what they would read first, perhaps of another one that is left out, and
    `skipped` the names that such layers have outside lists. `arguments` are the block's evaluated parameters.
    `definition` is the body in the document, `names` maps its keys to the names that they got,
    `scope` holds every name that its layers see, of which `owned` are the block's or group's, not
    the model's. `further` is, in a chain of one whose `repeat` is an
    expression, what a second repetition would be: source is written for other values, too.
    `packing` says how several `results` are given, `labels` their names, and `training` which of
    them are there in training only; the last `taps` of them are of a chain's repetitions, one after
    another, for whoever reads `m.*`. `order` are the names that take each other's places in the
    `state_dict`. `dropped` are keys of layers that nobody needs. `space` tells the parameters of
    one spec from those of another that is used in it, and `spec` is the one it stands in. `asked`
    are the results as the body names them, absent layers included.
    """

    kind: Kind
    name: str
    path: Path
    inputs: Mapping[str, Tensor]
    nodes: tuple[Node, ...]
    results: tuple[Port, ...]
    outputs: tuple[Tensor, ...]
    arguments: Mapping[str, object] = field(default_factory=dict)
    absent: Mapping[str, Port] = field(default_factory=dict)
    skipped: Mapping[str, Port] = field(default_factory=dict)
    definition: Body | None = None
    names: Mapping[str, str] = field(default_factory=dict)
    scope: Mapping[str, object] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    further: Node | None = None
    splices: tuple[Splice, ...] = ()
    packing: Packing = "one"
    labels: tuple[str, ...] = ()
    training: frozenset[int] = frozenset()
    taps: int = 0
    order: tuple[str, ...] = ()
    dropped: frozenset[str] = frozenset()
    space: str = "model"
    spec: Spec | None = field(default=None, repr=False)
    asked: tuple[Port, ...] = ()

    @cached_property
    def graph(self) -> "nx.MultiDiGraph[str]":
        """The body as a networkx graph; `node` holds the `Node`, `tensor` what an edge carries."""
        graph = _new_graph(self.name)
        for name, tensor in self.inputs.items():
            graph.add_node(name, tensor=tensor)
        for node in self.nodes:
            graph.add_node(node.name, node=node)
            _connect(graph, node)
        return graph

    def node(self, name: str) -> Node:
        """Find a node by its name."""
        return self.by_name[name]

    @cached_property
    def by_name(self) -> Mapping[str, Node]:
        """The nodes under their names."""
        return {node.name: node for node in self.nodes}

    @property
    def is_model(self) -> bool:
        """Whether it is the body of a whole spec, the model's or that of one used as a block."""
        return self.definition is not None and self.definition is self.spec

    @cached_property
    def keyed(self) -> tuple[Node, ...]:
        """The nodes that have keys in the `state_dict`, in its order.

        A module's own tensors come first, and each child after that stands where it runs, unless
        `order` says otherwise. A layer that is called again has no keys of its own.
        """
        own = [node for node in self.nodes if node.again is None]
        ranks = iter([node for name in self.order for node in own if node.name == name])
        placed = [next(ranks) if node.name in self.order else node for node in own]
        return tuple(sorted(placed, key=lambda node: not _is_value(node)))

    @cached_property
    def only_training(self) -> frozenset[str]:
        """The names of the nodes that only an output of training needs, and of their readers."""
        if not self.training:
            return frozenset()
        needed = self.needed_by(index not in self.training for index in range(len(self.results)))
        for_training = self.needed_by(index in self.training for index in range(len(self.results)))
        found = for_training - needed
        for node in self.nodes:  # of what reads them, nothing is given in evaluation either
            if any(port.name in found for port in node.reads):
                found |= {node.name}
        return found

    def needed_by(self, wanted: Iterable[bool]) -> frozenset[str]:
        """Name the nodes on which those of the results depend that are wanted."""
        found = {
            port.name for port, is_wanted in zip(self.results, wanted, strict=True) if is_wanted
        }
        for node in reversed(self.nodes):
            if node.name in found:
                found |= {port.name for port in node.reads}
                found |= {node.again} if node.again else set()
        return frozenset(found & self.by_name.keys())


@dataclass(frozen=True, eq=False)
class Network:
    """A checked network: its model's module, the parameters it was built for, its conditions.

    `spec` is the document that it was made of; a graph that was built by hand has none. `symbols`
    are the sizes that were given to symbols of the spec, and `chosen` the parameters that have a
    value from a variant or a caller, not their default.
    """

    model: Module
    parameters: Mapping[str, object]
    conditions: tuple[Needed, ...] = ()
    batch: str = "N"
    spec: Spec | None = field(default=None, repr=False)
    symbols: Mapping[str, Size] = field(default_factory=dict)
    chosen: frozenset[str] = frozenset()

    @property
    def graph(self) -> "nx.MultiDiGraph[str]":
        """The model's own graph; its calls hold those of the blocks and groups."""
        return self.model.graph

    def modules(self) -> tuple[Module, ...]:
        """Give every different module once, callees before their callers."""
        seen: dict[int, Module] = {}
        _collect(self.model, seen)
        return tuple(seen.values())

    def flatten(self) -> "nx.MultiDiGraph[str]":
        """Give one graph of all operations, every instance under its own path `layer1.0.conv1`."""
        graph = _new_graph(self.model.name)
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


def per_sample(size: Size, batch: str) -> Size:
    """Give what a count over the whole batch is for one sample.

    >>> from archspec.dimensions import symbol
    >>> per_sample(12 * symbol("N"), "N")
    12
    """
    if isinstance(size, int):
        return size
    if size.terms.keys() == symbol(batch).terms.keys():
        return next(iter(size.terms.values()))
    return size.substitute({batch: 1})


def _is_value(node: Node) -> bool:
    return isinstance(node, Leaf) and isinstance(node.operation, ValueOperation)


def _new_graph(name: str) -> "nx.MultiDiGraph[str]":
    import networkx as nx  # a third of the start-up time, and no command asks for such a graph

    return nx.MultiDiGraph(name=name)


def _connect(graph: "nx.MultiDiGraph[str]", node: Node) -> None:
    for slot, (port, tensor) in enumerate(zip(node.reads, node.inputs, strict=True)):
        graph.add_edge(port.name, node.name, key=slot, index=port.index, tensor=tensor)


def _collect(module: Module, seen: dict[int, Module]) -> None:
    for node in module.nodes:
        if isinstance(node, Call) and id(node.module) not in seen:
            _collect(node.module, seen)
    seen[id(module)] = module


def _inline(
    graph: "nx.MultiDiGraph[str]", module: Module, prefix: str, values: dict[Port, Port]
) -> tuple[Port, ...]:
    """Add a module's operations under a prefix; give the ports that are its outputs."""
    known = dict(values)
    for node in module.nodes:
        reads = tuple(known[port] for port in node.reads)
        taken = min(len(node.inputs), len(node.outputs) - _taps(node))
        for name in repetitions(node):
            gives = _add_instance(graph, node, f"{prefix}{name}", reads)
            reads = gives[:taken] + reads[taken:]
        for index, port in enumerate(gives):
            known[Port(node.name, index)] = port
    return tuple(known[port] for port in module.results)


def _taps(node: Node) -> int:
    """Count the values that are there for readers of repetitions; the next one takes none."""
    return node.module.taps if isinstance(node, Call) else 0


def _add_instance(
    graph: "nx.MultiDiGraph[str]", node: Node, path: str, reads: tuple[Port, ...]
) -> tuple[Port, ...]:
    if isinstance(node, Call):
        entries = dict(zip(map(Port, node.module.inputs), reads, strict=True))
        return _inline(graph, node.module, f"{path}.", entries)
    graph.add_node(path, node=node)
    for slot, (port, tensor) in enumerate(zip(reads, node.inputs, strict=True)):
        graph.add_edge(port.name, path, key=slot, index=port.index, tensor=tensor)
    return tuple(Port(path, index) for index in range(len(node.outputs)))
