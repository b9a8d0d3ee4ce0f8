"""What a rule says of one node of one module."""

from typing import NamedTuple

from archspec.diagnostics import Place, Problem
from archspec.graph import Leaf, Module, Node, Port


class Judged(NamedTuple):
    """A node with which something is wrong, what that is, and the places that explain it."""

    node: Node
    problem: Problem
    related: tuple[tuple[Place, str], ...] = ()


def at(node: Node) -> Place:
    """Tell where a layer begins."""
    return Place(node.path, key=True)


def leaves(module: Module) -> tuple[Leaf, ...]:
    """Give the nodes that are operations."""
    return tuple(node for node in module.nodes if isinstance(node, Leaf))


def readers(module: Module, port: Port) -> tuple[Node, ...]:
    """Give the nodes that read a value."""
    return tuple(node for node in module.nodes if port in node.reads)
