"""An activation at the end of a residual branch."""

from collections.abc import Iterator

from archspec.diagnostics import ActivatedBranch
from archspec.graph import Call, Leaf, Module, Node, Port
from archspec.lint.judged import Judged, at, called
from archspec.lint.residual import Residual, residuals


def activated_branch(module: Module) -> Iterator[Judged]:
    """Find the branches that end in an activation that is never negative."""
    for residual in residuals(module):
        activation = _never_negative(module, residual.end)
        if activation is not None:
            yield _judged(residual, module.by_name[residual.end.name], activation)


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


def _judged(residual: Residual, end: Node, activation: Leaf) -> Judged:
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
