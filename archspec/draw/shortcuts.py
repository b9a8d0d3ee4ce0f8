"""Whether a block has a way around its layers, seen in how its graph is connected."""

from archspec.draw.figure import Shortcut
from archspec.graph import Module, Node


def shortcut_of(module: Module) -> Shortcut:
    """Say what is added to what a body's layers compute: nothing, its input, or a projection.

    A join is a shortcut's end where all that it reads has the shape that it gives, so that a
    concatenation of branches is none.
    """
    found = [_shortcut_at(node, lengths(module)) for node in module.nodes if _adds(node)]
    kinds = (Shortcut.IDENTITY, Shortcut.PROJECTION, Shortcut.NONE)
    return next((kind for kind in kinds if kind in found), Shortcut.NONE)


def lengths(module: Module) -> dict[str, int]:
    """Count the layers on the longest way from an input to each value; inputs have 0."""
    counted = dict.fromkeys(module.inputs, 0)
    for node in module.nodes:
        counted[node.name] = 1 + max((counted[port.name] for port in node.reads), default=0)
    return counted


def _adds(node: Node) -> bool:
    same = all(tensor == node.outputs[0] for tensor in node.inputs)
    return len(node.inputs) > 1 and len(node.outputs) == 1 and same


def _shortcut_at(node: Node, counted: dict[str, int]) -> Shortcut:
    ways = [counted[port.name] for port in node.reads]
    if min(ways) == max(ways):
        return Shortcut.NONE
    return Shortcut.PROJECTION if min(ways) else Shortcut.IDENTITY
