"""Residual blocks: sums of a branch and of the value from which that branch was computed."""

from collections.abc import Iterator
from typing import NamedTuple

from archspec.graph import Call, Leaf, Module, Node, Port
from archspec.lint.judged import leaves
from archspec.tensors import Tensor


class Residual(NamedTuple):
    """A sum: the `end` of its branch, the nodes of its `shortcut`, and the `start` of both.

    `shortcut` is empty where the shortcut changes nothing; `branch` are the nodes between.
    """

    sum: Leaf
    end: Port
    start: Port
    branch: tuple[Node, ...]
    shortcut: tuple[Node, ...]


def residuals(module: Module) -> Iterator[Residual]:
    """Find the sums of two values of which one is computed from what the other one is."""
    for leaf in leaves(module):
        if not leaf.operation.adds or len(leaf.reads) != 2:
            continue
        for end, other in (leaf.reads, leaf.reads[::-1]):
            start, shortcut = _back(module, other)
            branch = _between(module, start, end)
            if branch and _stays(branch, shape_of(module, start), leaf.outputs[0]):
                yield Residual(leaf, end, start, branch, shortcut)


def shape_of(module: Module, port: Port) -> Tensor:
    """Give the tensor that a port stands for."""
    node = module.by_name.get(port.name)
    return module.inputs[port.name] if node is None else node.outputs[port.index]


def projects(node: Node) -> bool:
    """Say whether a node has weights, and maps each place by itself, in a straight line.

    A block or group does where all that is in it does, but for normalisations.
    """
    if isinstance(node, Call):
        inner = node.module.nodes
        straight = all(_is_straight(part) for part in inner) and len(node.reads) == 1
        return straight and any(projects(part) for part in inner)
    return isinstance(node, Leaf) and node.operation.bias_dim is not None and _is_pointwise(node)


def _is_straight(node: Node) -> bool:
    return projects(node) or (isinstance(node, Leaf) and _keeps_line(node))


def _keeps_line(leaf: Leaf) -> bool:
    operation = leaf.operation
    return operation.passes_on or operation.normalised(*leaf.inputs) is not None


def _is_pointwise(leaf: Leaf) -> bool:
    weight = leaf.weights.get("weight", ())
    return all(size == 1 for size in weight[2:])


def _back(module: Module, port: Port) -> tuple[Port, tuple[Node, ...]]:
    """Go back over what only projects and normalises, as the shortcut of a block does."""
    passed: tuple[Node, ...] = ()
    while (node := module.by_name.get(port.name)) and len(node.reads) == 1 and _is_straight(node):
        passed = (*passed, node)
        port = node.reads[0]
    return port, passed


def _stays(branch: tuple[Node, ...], *ends: Tensor) -> bool:
    """Say whether a branch has only the resolutions with which it begins and ends.

    One that goes to a lower resolution and back is a network of its own with a skip.
    """
    sizes = {tensor.shape[2:] for tensor in ends}
    return all(node.outputs[0].shape[2:] in sizes for node in branch)


def _between(module: Module, start: Port, end: Port) -> tuple[Node, ...]:
    """Give the nodes by which a value is computed from another one, in their order."""
    reached = {start}
    after: list[Node] = []
    for node in module.nodes:
        if not reached.isdisjoint(node.reads):
            after.append(node)
            reached |= {Port(node.name, index) for index in range(len(node.outputs))}
    needed = {end}
    found: list[Node] = []
    for node in reversed(after):
        if any(port.name == node.name for port in needed):
            found.append(node)
            needed |= set(node.reads)
    return tuple(reversed(found))
