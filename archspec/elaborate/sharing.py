"""`share` beside `op`: an operation with the weight of an earlier one."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from archspec.diagnostics import (
    MisplacedKey,
    UnknownReference,
    WeightMismatch,
)
from archspec.elaborate.frames import Frame, Unit
from archspec.elaborate.targets import Written
from archspec.expressions import Poisoned, Scope, filled
from archspec.graph import Call, Kind, Leaf, Node, Tie
from archspec.ops import Operation
from archspec.spec import close_match


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Write the shape of a weight, `none` where there is no such weight.

    >>> shape_text((64, 3, 7, 7)), shape_text(None)
    ('64×3×7×7', 'none')
    """
    return "×".join(map(str, shape)) if shape else "none"


class Found(NamedTuple):
    """The layer whose weight is shared, and the way to it."""

    leaf: Leaf
    tie: Tie


@dataclass(frozen=True, slots=True)
class Shared:
    """A layer about to be built, with the arguments that the shared weight fixes."""

    unit: Unit
    found: Found

    def checked(self, node: Leaf) -> Leaf:
        """Give the node with its tie, or raise what does not fit."""
        weight = self.found.tie.weight
        own, shared = node.weights.get(weight), self.found.leaf.weights[weight]
        if own is None:
            raise WeightMismatch(f"`{node.operation.op()}` has no `{weight}` to share")
        if own != shared:
            name = ".".join(self.found.tie.path)
            text = f"the weight of `{name}` is {shape_text(shared)}"
            raise WeightMismatch(f"{text}, and here {shape_text(own)} is needed")
        return replace(node, tie=self.found.tie)


def tied(frame: Frame, unit: Unit) -> Shared:
    """Find the weight that a layer shares, and say what it fixes."""
    path = tuple(filled(str(unit.layer.share), frame.keys).split("."))
    found = _find(frame, path)
    operation = unit.target.operation
    assert operation is not None
    if found.tie.weight not in found.leaf.weights:
        has = found.leaf.operation.op()
        raise WeightMismatch(f"`{'.'.join(path)}` is `{has}`, and has no `{found.tie.weight}`")
    _check_initial(unit, found, path)
    fixed = _fixed(operation, found, path)
    given = unit.target.arguments
    written = {
        name: Written(value, Scope(), (*unit.path, "share"))
        for name, value in fixed.items()
        if name not in given
    }
    target = unit.target._replace(arguments={**written, **given})
    return Shared(unit._replace(target=target), found)


def _check_initial(unit: Unit, found: Found, path: tuple[str, ...]) -> None:
    init = unit.layer.init
    if isinstance(init, Mapping) and found.tie.weight in init:
        raise MisplacedKey(
            f"`init` gives rules for `{found.tie.weight}`, which is that of `{'.'.join(path)}`",
            help="write the rule at the layer that is shared",
        )


def _fixed(operation: type[Operation], found: Found, path: tuple[str, ...]) -> Mapping[str, object]:
    """Say what the weight fixes, or raise that no weight of the operation has its rank."""
    shape = found.leaf.weights[found.tie.weight]
    try:
        return operation.of_weight(shape)
    except ValueError:
        text = f"the weight of `{'.'.join(path)}` is {shape_text(shape)}"
        raise WeightMismatch(f"{text}, and that of `{operation.op()}` never is") from None


def _find(frame: Frame, path: tuple[str, ...]) -> Found:
    """Look for a layer here, else in the groups around."""
    around: Frame | None = frame
    up = 0
    while around is not None:
        gives = around.values.gives.get(path[0])
        if (gives is not None and gives.failed) or around.values.may_have_failed(path[0]):
            raise Poisoned
        if gives is not None and gives.absent:
            raise UnknownReference(f"`{path[0]}` is absent here, and has no weight to share")
        top = {node.name: node for node in around.values.nodes}.get(path[0])
        if top is not None:
            return Found(_below(top, path), Tie(up, path))
        around, up = around.outer, up + 1
    known = [node.name for node in frame.values.nodes]
    help = close_match(path[0], known) or "it stands above, in these `layers` or around them"
    raise UnknownReference(f"no layer above is called `{path[0]}`", help=help)


def _below(node: Node, path: tuple[str, ...]) -> Leaf:
    """Go down a path of names to an operation."""
    for depth, name in enumerate(path[1:], start=1):
        inner = _child(node, name)
        if inner is None:
            text = f"`{'.'.join(path[:depth])}` holds no layer `{name}`"
            known = [item.name for item in node.module.nodes] if isinstance(node, Call) else []
            raise UnknownReference(text, help=close_match(name, known))
        node = inner
    if not isinstance(node, Leaf):
        raise UnknownReference(
            f"`{'.'.join(path)}` holds layers and has no weight of its own",
            help="name the layer in it, as `transformer.wte` does",
        )
    return node


def _child(node: Node, name: str) -> Node | None:
    if not isinstance(node, Call):
        return None
    for item in node.module.nodes:
        chained = node.module.kind is Kind.CHAIN and name.isdigit()
        if item.name == name or (
            chained and int(item.name) <= int(name) < int(item.name) + item.count
        ):
            return item
    return None
