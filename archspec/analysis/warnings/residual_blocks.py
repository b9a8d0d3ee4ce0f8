"""Residual blocks, which add a branch to what it was computed from, and what is odd in them."""

from collections.abc import Iterator
from typing import NamedTuple

from archspec.analysis.warnings.judged import Judged, at, called, leaves, shape_of
from archspec.diagnostics import ActivatedBranch, NeedlessProjection
from archspec.graph import Call, Leaf, Module, Node, Port
from archspec.sizes import Tensor


class _Residual(NamedTuple):
    """A sum: the `end` of its branch, the nodes of its `shortcut`, and the `start` of both.

    `shortcut` is empty where the shortcut changes nothing; `branch` are the nodes between.
    """

    sum: Leaf
    end: Port
    start: Port
    branch: tuple[Node, ...]
    shortcut: tuple[Node, ...]


def activated_branch(module: Module) -> Iterator[Judged]:
    """Find the branches that end in an activation that is never negative."""
    for residual in _residuals(module):
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


def _activated(residual: _Residual, end: Node, activation: Leaf) -> Judged:
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


def needless_projection(module: Module) -> Iterator[Judged]:
    """Find the projections around a branch that has an activation and keeps the shape.

    A branch without one is a sum of straight lines, as in blocks that are merged after training.
    A projection with a `when` is wrong if it is needed nowhere, any other one where it is not.
    """
    for residual in _residuals(module):
        projection = next(filter(_projects, residual.shortcut), None)
        tensor = shape_of(module, residual.start)
        if projection is None or tensor != residual.sum.outputs[0]:
            continue
        if any(map(_activates, residual.branch)):
            yield _needless(residual, projection, tensor)


def _activates(node: Node) -> bool:
    if isinstance(node, Call):
        return any(map(_activates, node.module.nodes))
    return isinstance(node, Leaf) and node.operation.activates


def _needless(residual: _Residual, projection: Node, tensor: Tensor) -> Judged:
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


def _residuals(module: Module) -> Iterator[_Residual]:
    """Find the sums of two values of which one is computed from what the other one is."""
    for leaf in leaves(module):
        if not leaf.operation.adds or len(leaf.reads) != 2:
            continue
        for end, other in (leaf.reads, leaf.reads[::-1]):
            start, shortcut = _back(module, other)
            branch = _between(module, start, end)
            if branch and _stays(branch, shape_of(module, start), leaf.outputs[0]):
                yield _Residual(leaf, end, start, branch, shortcut)


def _projects(node: Node) -> bool:
    """Say whether a node has weights, and maps each place by itself, in a straight line.

    A block or group does where all that is in it does, but for normalisations.
    """
    if isinstance(node, Call):
        inner = node.module.nodes
        straight = all(_is_straight(part) for part in inner) and len(node.reads) == 1
        return straight and any(_projects(part) for part in inner)
    if not isinstance(node, Leaf) or node.operation.bias_dim is None:
        return False
    return all(size == 1 for size in node.weights.get("weight", ())[2:])


def _is_straight(node: Node) -> bool:
    """Say whether a node projects, passes on or normalises."""
    if isinstance(node, Leaf):
        operation = node.operation
        if operation.passes_on or operation.normalised(*node.inputs) is not None:
            return True
    return _projects(node)


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
    between: list[Node] = []
    for node in reversed(after):
        if any(port.name == node.name for port in needed):
            between.append(node)
            needed |= set(node.reads)
    return tuple(reversed(between))
