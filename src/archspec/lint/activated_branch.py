"""An activation at the end of a residual branch."""

from collections.abc import Iterator

from archspec.diagnostics import ActivatedBranch
from archspec.graph import Call, Leaf, Module, Node, Port
from archspec.lint.judged import Judged, at
from archspec.lint.residual import Residual, residuals


def activated_branch(module: Module) -> Iterator[Judged]:
    """Find the branches that end in an activation that is never negative."""
    for residual in residuals(module):
        end = module.by_name[residual.end.name]
        if _never_negative(module, residual.end):
            yield _judged(residual, end)


def _never_negative(module: Module, port: Port) -> bool:
    node = module.by_name.get(port.name)
    if isinstance(node, Call):
        return _never_negative(node.module, node.module.results[port.index])
    if not isinstance(node, Leaf):
        return False
    if node.operation.passes_on:
        return _never_negative(module, node.reads[0])
    return node.operation.never_negative


def _judged(residual: Residual, end: Node) -> Judged:
    added = residual.sum.name
    text = f"the residual branch ends in `{end.name}`, which is never negative"
    problem = ActivatedBranch(
        text,
        notes=(f"`{added}` can then only increase what it adds to",),
        help=f"put the activation behind `{added}`, or before the first layer of the branch",
    )
    return Judged(end, problem, ((at(residual.sum), "is added here"),))
