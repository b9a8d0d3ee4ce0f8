"""A module: one specialised body, whose nodes are operations or calls of other modules."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property
from typing import TYPE_CHECKING

from archspec.diagnostics import Path
from archspec.document import Body, Packing, Spec
from archspec.graph.nodes import Node, Port, connect, new_graph, rank_of_key
from archspec.sizes import Tensor

if TYPE_CHECKING:
    import networkx as nx


@dataclass(frozen=True, slots=True, eq=False)
class Call(Node):
    """A node that is an instance of a module."""

    module: "Module" = field(kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Splice:
    """A layer that left its name out: the nodes that stand in the parent, and its own module."""

    name: str
    nodes: tuple[str, ...]
    call: "Call"
    deep: bool = False


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
    stand in the order of the spec, absent layers left out; `splices` are the layers that left their
    names out. `arguments` are the block's evaluated parameters, `definition` is the body in the
    document, `spec` the document that it stands in, and `scope` holds every name that its layers
    see. `packing` says how several `results` are given, `labels` their names, and `training` which
    of them are there in training only; the last `taps` of them are of a chain's repetitions, one
    after another, for whoever reads `m.*`. `order` are the names that take each other's places in
    the `state_dict`.
    """

    kind: Kind
    name: str
    path: Path
    inputs: Mapping[str, Tensor]
    nodes: tuple[Node, ...]
    results: tuple[Port, ...]
    outputs: tuple[Tensor, ...]
    arguments: Mapping[str, object] = field(default_factory=dict)
    definition: Body | None = None
    spec: Spec | None = field(default=None, repr=False)
    scope: Mapping[str, object] = field(default_factory=dict)
    splices: tuple[Splice, ...] = ()
    packing: Packing = "one"
    labels: tuple[str, ...] = ()
    training: frozenset[int] = frozenset()
    taps: int = 0
    order: tuple[str, ...] = ()

    @cached_property
    def graph(self) -> "nx.MultiDiGraph[str]":
        """The body as a networkx graph; `node` holds the `Node`, `tensor` what an edge carries."""
        graph = new_graph(self.name)
        for name, tensor in self.inputs.items():
            graph.add_node(name, tensor=tensor)
        for node in self.nodes:
            connect(graph, node.name, node, node.reads)
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

        A module's own weights come first, then its own buffers, and each child after that stands
        where it runs, unless `order` says otherwise. A layer that is called again has no keys of
        its own.
        """
        own = [node for node in self.nodes if node.again is None]
        ranks = iter([node for name in self.order for node in own if node.name == name])
        placed = [next(ranks) if node.name in self.order else node for node in own]
        return tuple(sorted(placed, key=rank_of_key))

    @cached_property
    def only_training(self) -> frozenset[str]:
        """The names of the nodes that only an output of training needs, and of their readers."""
        if not self.training:
            return frozenset()
        needed = self.needed_by(index not in self.training for index in range(len(self.results)))
        for_training = self.needed_by(index in self.training for index in range(len(self.results)))
        alone = for_training - needed
        for node in self.nodes:  # of what reads them, nothing is given in evaluation either
            if any(port.name in alone for port in node.reads):
                alone |= {node.name}
        return alone

    def needed_by(
        self, wanted: Iterable[bool], beside: Callable[[Node], Iterable[str]] = lambda node: ()
    ) -> frozenset[str]:
        """Name the nodes on which those of the results depend that are wanted.

        `beside` says what a node needs apart from what it reads.
        """
        needed = {
            port.name for port, is_wanted in zip(self.results, wanted, strict=True) if is_wanted
        }
        for node in reversed(self.nodes):
            if node.name in needed:
                needed |= {port.name for port in node.reads}
                needed |= {node.again} if node.again else set()
                needed |= set(beside(node))
        return frozenset(needed & self.by_name.keys())


@dataclass(frozen=True, slots=True)
class Provenance:
    """What of a body's definition left no node, for whoever writes the definition once more.

    `names` maps the keys of layers to the names that they got, and `absent` those of layers that
    `when` leaves out to what they would read first, perhaps of another one that is left out.
    `requested` are the results as the body names them, absent layers included. `further` is, in a
    chain of one whose `repeat` is an expression, what a second repetition would be.
    """

    names: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, Port] = field(default_factory=dict)
    requested: tuple[Port, ...] = ()
    further: Node | None = None
