"""Residual blocks, which add a branch to what it was computed from, and what is odd in them."""

from collections.abc import Iterator
from typing import NamedTuple

from archspec.diagnostics import ActivatedBranch, NeedlessProjection, Place, Problem
from archspec.graph import Call, Leaf, Module, Node, Port
from archspec.sizes import Tensor

# What a rule says of one node of one module.


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


# Residual blocks: sums of a branch and of the value from which that branch was computed.


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


# An activation at the end of a residual branch.


def activated_branch(module: Module) -> Iterator[Judged]:
    """Find the branches that end in an activation that is never negative."""
    for residual in residuals(module):
        activation = _never_negative(module, residual.end)
        if activation is not None:
            yield _activated(residual, module.by_name[residual.end.name], activation)


def _never_negative(module: Module, port: Port) -> Leaf | None:
    """Find the layer that makes a value never negative."""
    node = module.by_name.get(port.name)
    if isinstance(node, Call):
        return _never_negative(node.module, node.module.results[port.index])
    if not isinstance(node, Leaf):
        return None
    if node.operation.passes_on:
        return _never_negative(module, node.reads[0])
    return node if node.operation.never_negative else None


def _activated(residual: Residual, end: Node, activation: Leaf) -> Judged:
    added = called(residual.sum)
    problem = ActivatedBranch(
        f"the residual branch ends in `{called(end)}`, which is never negative",
        notes=(f"`{added}` can then only increase what it adds to",),
        help=f"put the activation behind `{added}`, or before the first layer of the branch",
    )
    places = [(at(residual.sum), "is added here")]
    if activation.path != end.path:
        places.append((at(activation), "gives no negative number"))
    return Judged(end, problem, tuple(places), within=residual.sum)


# A shortcut that is projected to the shape that it has.


def needless_projection(module: Module) -> Iterator[Judged]:
    """Find the projections around a branch that has an activation and keeps the shape.

    A branch without one is a sum of straight lines, as in blocks that are merged after training.
    A projection with a `when` is told where it is needed nowhere, any other where it is not.
    """
    for residual in residuals(module):
        projection = next(filter(projects, residual.shortcut), None)
        tensor = shape_of(module, residual.start)
        if projection is None or tensor != residual.sum.outputs[0]:
            continue
        if any(map(_activates, residual.branch)):
            yield _needless(residual, projection, tensor)


def _activates(node: Node) -> bool:
    if isinstance(node, Call):
        return any(map(_activates, node.module.nodes))
    return isinstance(node, Leaf) and node.operation.activates


def _needless(residual: Residual, projection: Node, tensor: Tensor) -> Judged:
    name, added = called(projection), called(residual.sum)
    start = residual.start.name
    problem = NeedlessProjection(
        f"`{name}` projects {tensor} to its own shape",
        notes=(f"`{added}` may add `{start}` itself, which needs no weights",),
        help=f"leave out `{name}` and let `{added}` read `{start}`, or say by `when` where the "
        "shapes differ",
    )
    return Judged(
        projection,
        problem,
        ((at(residual.sum), "is added here"),),
        anywhere=projection.origin.layer is not None and projection.origin.layer.when is None,
    )
