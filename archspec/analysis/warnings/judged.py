"""What a rule finds wrong with one node of one module, and what rules ask of nodes."""

from typing import NamedTuple

from archspec.diagnostics import Place, Problem
from archspec.graph import Leaf, Module, Node, Port
from archspec.sizes import Tensor


class Judged(NamedTuple):
    """A node with which something is wrong, what that is, and the places that explain it.

    A block may be right in other places: there is a warning if it is wrong in all of those that
    have the node `within` (the node itself, unless another is named), or with `anywhere` in one.
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
    """Give the place where a layer begins."""
    return Place(node.path, key=True)


def leaves(module: Module) -> tuple[Leaf, ...]:
    """Give the nodes that are operations."""
    return tuple(node for node in module.nodes if isinstance(node, Leaf))


def called(node: Node) -> str:
    """Name a layer in a message: one that has only a number by its operation."""
    if isinstance(node, Leaf) and node.name.isdigit():
        return node.operation.op()
    return node.name


def shape_of(module: Module, port: Port) -> Tensor:
    """Give the tensor that a port stands for."""
    node = module.by_name.get(port.name)
    return module.inputs[port.name] if node is None else node.outputs[port.index]
