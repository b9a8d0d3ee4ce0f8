"""A network as a graph of graphs: modules whose nodes are operations or calls of other modules.

A module is one body (the model, a block, a group, or the chain that a `repeat` makes), specialised
by its arguments and the shapes that it receives, and built and checked once however often it is
called. Its `graph` is a `networkx.MultiDiGraph` whose keys of edges are input slots.
"""

from archspec.graph.module import Call, Kind, Module, Provenance, Splice
from archspec.graph.network import (
    Needed,
    Network,
    carried,
    instances,
    key_of,
    repetitions,
)
from archspec.graph.nodes import Leaf, Node, Origin, Port, Tie, Typed

__all__ = [
    "Call",
    "Kind",
    "Leaf",
    "Module",
    "Needed",
    "Network",
    "Node",
    "Origin",
    "Port",
    "Provenance",
    "Splice",
    "Tie",
    "Typed",
    "carried",
    "instances",
    "key_of",
    "repetitions",
]
