"""The nodes of a body: what each reads and gives, and where it was written."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

from archspec.diagnostics import Path
from archspec.document import Layer
from archspec.operations import BufferOperation, Operation, ValueOperation, state_of
from archspec.sizes import Condition, Size, Tensor

if TYPE_CHECKING:
    import networkx as nx


class Port(NamedTuple):
    """One value of a body: the `index`-th that the layer or input `name` gives."""

    name: str
    index: int = 0  # type: ignore[assignment]  # a port is no sequence in which to search


@dataclass(frozen=True, slots=True, eq=False)
class Origin:
    """How a layer was written, for whoever writes it again in another language.

    `asks` are the ports as `from` names them, absent layers included; `arguments` those that were
    written at the layer itself, as they stand there; `parameter` the layer parameter that it is.
    `remark` is what a comment says of it, and `label` what a drawing shows in place of its name.
    """

    layer: Layer | None = None
    asks: tuple[Port, ...] = ()
    arguments: Mapping[str, object] = field(default_factory=dict)
    parameter: str | None = None
    init: object = None
    remark: str | None = None
    label: str | None = None


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
    origin: Origin = field(default_factory=Origin)
    again: str | None = None
    trainable: bool = True

    @property
    def shown(self) -> str:
        """What a drawing calls it: its label, else its name."""
        return self.origin.label or self.name


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
    def state(self) -> Mapping[str, tuple[int, ...]]:
        """The shapes of parameters and buffers in the order of the `state_dict`."""
        return state_of(self.typed.weights, self.typed.buffers)

    @property
    def macs(self) -> Size | None:
        """Multiply-accumulates of one sample; `None` where there is no rule."""
        return self.typed.macs


def rank_of_key(node: Node) -> int:
    """Put weights that are tensors of their own first, then such buffers, then all else."""
    if not isinstance(node, Leaf) or not isinstance(node.operation, ValueOperation):
        return 2
    return 1 if isinstance(node.operation, BufferOperation) else 0


def new_graph(name: str) -> "nx.MultiDiGraph[str]":
    """Make an empty graph."""
    import networkx as nx  # a third of the start-up time, and no command asks for such a graph

    return nx.MultiDiGraph(name=name)


def connect(graph: "nx.MultiDiGraph[str]", name: str, node: Node, reads: tuple[Port, ...]) -> None:
    """Add a node under a name, with an edge for each value that it reads."""
    graph.add_node(name, node=node)
    for slot, (port, tensor) in enumerate(zip(reads, node.inputs, strict=True)):
        graph.add_edge(port.name, name, key=slot, index=port.index, tensor=tensor)
