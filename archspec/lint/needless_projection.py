"""A shortcut that is projected to the shape that it has."""

from collections.abc import Iterator

from archspec.diagnostics import NeedlessProjection
from archspec.graph import Call, Leaf, Module, Node
from archspec.lint.judged import Judged, at, called
from archspec.lint.residual import Residual, projects, residuals, shape_of
from archspec.tensors import Tensor


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
            yield _judged(residual, projection, tensor)


def _activates(node: Node) -> bool:
    if isinstance(node, Call):
        return any(map(_activates, node.module.nodes))
    return isinstance(node, Leaf) and node.operation.activates


def _judged(residual: Residual, projection: Node, tensor: Tensor) -> Judged:
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
