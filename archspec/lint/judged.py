"""What a rule says of one node of one module."""

from typing import NamedTuple

from archspec.diagnostics import Place, Problem
from archspec.graph import Leaf, Module, Node, Port


class Judged(NamedTuple):
    """A node with which something is wrong, what that is, and the places that explain it.

    A block may be right in other places: it is told where it is wrong in all in which the node
    `within` is there (the node itself, unless another is named), or with `anywhere` in one.
    """

    node: Node
    problem: Problem
    related: tuple[tuple[Place, str], ...] = ()
    within: Node | None = None
    anywhere: bool = False

    @property
    def decides(self) -> Node:
        """The node that decides where it has to be wrong."""
        return self.within or self.node


def at(node: Node) -> Place:
    """Tell where a layer begins."""
    return Place(node.path, key=True)


def leaves(module: Module) -> tuple[Leaf, ...]:
    """Give the nodes that are operations."""
    return tuple(node for node in module.nodes if isinstance(node, Leaf))


def readers(module: Module, port: Port) -> tuple[Node, ...]:
    """Give the nodes that read a value."""
    return tuple(node for node in module.nodes if port in node.reads)


def called(node: Node) -> str:
    """Name a layer in a message: one that has only a number by its operation."""
    if isinstance(node, Leaf) and node.name.isdigit():
        return node.operation.op()
    return node.name
