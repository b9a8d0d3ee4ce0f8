"""`share`: the weight of an earlier operation, or an earlier layer called again.

Beside `op` a layer has the weight of an earlier one; by itself `share` calls that layer again.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import NamedTuple

from archspec.diagnostics import (
    MisplacedKey,
    Remedy,
    Renamed,
    ShapeMismatch,
    UnknownReference,
    WeightMismatch,
    Word,
    WrongArity,
)
from archspec.document import close_match, listed
from archspec.elaborate.advice.unknown import choice, counted
from archspec.elaborate.apply import typed
from archspec.elaborate.state import Frame, Site, State, Unit
from archspec.elaborate.targets import Target, Written
from archspec.expressions import Poisoned, Scope, filled
from archspec.graph import Call, Kind, Leaf, Module, Node, Origin, Port, Tie, instances, key_of
from archspec.sizes import Tensor


def shape_text(shape: tuple[int, ...] | None) -> str:
    """Write the shape of a weight, `none` where there is no such weight.

    >>> shape_text((64, 3, 7, 7)), shape_text(None)
    ('64×3×7×7', 'none')
    """
    return "×".join(map(str, shape)) if shape else "none"


class Shared(NamedTuple):
    """A layer about to be built, the earlier one whose weight it has, and the way to that."""

    unit: Unit
    leaf: Leaf
    tie: Tie

    def checked(self, node: Leaf) -> Leaf:
        """Give the node with its tie, or raise what does not fit."""
        weight = self.tie.weight
        own, shared = node.weights.get(weight), self.leaf.weights[weight]
        if own is None:
            raise WeightMismatch(f"`{node.operation.op()}` has no `{weight}` to share")
        if own != shared:
            text = f"the weight of `{'.'.join(self.tie.path)}` is {shape_text(shared)}"
            raise WeightMismatch(f"{text}, and here {shape_text(own)} is needed")
        return replace(node, tie=self.tie)


def tied(frame: Frame, unit: Unit) -> Shared:
    """Find the weight that a layer shares, and lay what that fixes below the layer's arguments."""
    path = tuple(filled(str(unit.layer.share), frame.keys).split("."))
    leaf, tie = _find(frame, path)
    name, weight, init = ".".join(path), tie.weight, unit.layer.init
    if weight not in leaf.weights:
        raise WeightMismatch(f"`{name}` is `{leaf.operation.op()}`, and has no `{weight}`")
    if isinstance(init, Mapping) and weight in init:
        raise MisplacedKey(
            f"`init` gives rules for `{weight}`, which is that of `{name}`",
            help="write the rule at the layer that is shared",
        )
    fixed = _fixed(unit.target, leaf.weights[weight], name)
    given, place = unit.target.arguments, (*unit.path, "share")
    below = {key: Written(fixed[key], Scope(), place) for key in fixed if key not in given}
    target = unit.target._replace(arguments={**below, **given})
    return Shared(unit._replace(target=target), leaf, tie)


def _fixed(target: Target, shape: tuple[int, ...], name: str) -> Mapping[str, object]:
    """Say what a weight fixes, or raise that no weight of the operation has its rank."""
    assert target.operation is not None
    try:
        return target.operation.of_weight(shape)
    except ValueError:
        text = f"the weight of `{name}` is {shape_text(shape)}"
        raise WeightMismatch(f"{text}, and that of `{target.operation.op()}` never is") from None


def _find(frame: Frame, path: tuple[str, ...]) -> tuple[Leaf, Tie]:
    """Look for a layer here, else in the groups around."""
    around: Frame | None = frame
    up = 0
    while around is not None:
        gives = around.values.gives.get(path[0])
        if (gives is not None and gives.failed) or around.values.may_have_failed(path[0]):
            raise Poisoned
        if gives is not None and gives.absent:
            raise UnknownReference(f"`{path[0]}` is absent here, and has no weight to share")
        top = around.values.node(path[0])
        if top is not None:
            return _below(top, path), Tie(up, path)
        around, up = around.outer, up + 1
    names = [node.name for node in frame.values.nodes]
    help = close_match(path[0], names) or "it stands above, in these `layers` or around them"
    raise UnknownReference(f"no layer above is called `{path[0]}`", help=help)


def _below(node: Node, path: tuple[str, ...]) -> Leaf:
    """Go down a path of names to an operation."""
    for depth, name in enumerate(path[1:], start=1):
        inner = _child(node, name)
        if inner is None:
            text = f"`{'.'.join(path[:depth])}` holds no layer `{name}`"
            names = [item.name for item in node.module.nodes] if isinstance(node, Call) else []
            raise UnknownReference(text, help=close_match(name, names))
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


# `share` by itself: an earlier layer called again, with the weights that it has already.

Tensors = tuple[Tensor, ...]

OnOtherInputs = Callable[[Frame, Module, Mapping[str, Tensor]], Module | None]
"""Elaborates the body of a block or group again, for other inputs."""

_ABOVE = "what is shared stands above, in the same `layers`"


def called_again(
    state: State,
    call: OnOtherInputs,
    site: Site,
    requested: tuple[Port, ...],
    count: int | None,
) -> Node | None:
    """Build the node of an earlier layer that is called again, with weights that it has already."""
    frame, _, layer, path, name = site
    first = _earlier(state, frame, filled(str(layer.share), frame.keys))
    given = [frame.values.read(port) for port in requested]
    inputs = tuple(item.tensor for item in given if item.tensor is not None)
    if len(inputs) < len(given):
        raise Poisoned
    if len(inputs) != len(first.inputs):
        plural = "value" if len(first.inputs) == 1 else "values"
        text = f"`{first.name}` takes {len(first.inputs)} {plural}, and here it receives"
        raise WrongArity(f"{text} {len(inputs)}")
    with state.report.call(path, first.name):
        node = _OnInputs(state, call, frame).node(first, inputs)
    if node is None:
        return None
    _check_weights(first, node)
    if count is not None and count > 1 and node.outputs[: len(inputs)] != inputs:
        gives = f"`{first.name}` gives {_shapes(node.outputs)} for {_shapes(inputs)}"
        raise ShapeMismatch(f"{gives}, and what is repeated by `share` gives what it takes")
    return replace(
        node,
        name=name,
        path=path,
        reads=tuple(item.port for item in given),
        count=count or 1,
        again=first.name,
        origin=Origin(layer, requested, label=layer.label),
        trainable=first.trainable,
    )


def _shapes(tensors: Tensors) -> str:
    return " and ".join(map(str, tensors))


def _earlier(state: State, frame: Frame, name: str) -> Node:
    node = frame.values.node(name)
    if node is not None:
        earlier = node.again
        return node if earlier is None else _earlier(state, frame, earlier)
    gives = frame.values.gives.get(name)
    if (gives is not None and gives.failed) or frame.values.may_have_failed(name):
        raise Poisoned
    if gives is not None and gives.absent:
        raise UnknownReference(f"`{name}` is absent here, and cannot be called again")
    raise _no_layer(state, frame, name)


def _no_layer(state: State, frame: Frame, name: str) -> UnknownReference:
    """Say that a name is no layer above, and what it is instead."""
    top, values = name.partition(".")[0], frame.values
    if name in values.inputs:
        return UnknownReference(f"`{name}` is an input, and only a layer is called again")
    if name in values.later and name not in values.names:
        return UnknownReference(f"`{name}` does not stand above this layer", help=_ABOVE)
    if name != top and top in values.gives:
        text = f"`share` calls a layer of this body again, and `{name}` lies in `{top}`"
        return UnknownReference(text, help="beside `op` it shares the weight of a layer inside")
    names = [node.name for node in values.nodes]
    above = choice(f"above stand {listed(names)}", name, names)
    number = counted(name, names, ())
    if number is not None:
        text = f"no layer above is called `{name}`, which would be `{number}`"
        return UnknownReference(text, help=Remedy(f"write `{number}`", Word(name, number)))
    help: str = close_match(name, names) or (above if names else _ABOVE)
    if name in state.spec.blocks:
        text = f"`{name}` is a block: write `{{block: {name}}}`"
        help = Remedy(text, Renamed("share", "block"))
    return UnknownReference(f"no layer above is called `{name}`", help=help)


@dataclass(frozen=True, slots=True)
class _OnInputs:
    """Builds what nodes of a frame are on other inputs; `call` does so for blocks and groups."""

    state: State
    call: OnOtherInputs
    frame: Frame

    def node(self, node: Node, inputs: Tensors) -> Node | None:
        """Build what a node is on other inputs."""
        if inputs == node.inputs:
            return node
        if isinstance(node, Leaf):
            again = typed(node.operation, inputs, self.state.batch)
            self.state.conditions.need(again.conditions, node.path)
            return replace(node, inputs=inputs, outputs=again.outputs, typed=again)
        assert isinstance(node, Call)
        module = self.module(node.module, dict(zip(node.module.inputs, inputs, strict=True)))
        if module is None:
            return None
        return replace(node, inputs=inputs, outputs=module.outputs, module=module)

    def module(self, module: Module, inputs: Mapping[str, Tensor]) -> Module | None:
        """Build what a module is on other inputs."""
        if module.kind is Kind.CHAIN:
            return self.chain(module, inputs)
        if module.kind is Kind.BLOCK and module.is_model:
            raise ShapeMismatch(
                "a spec that is called again must receive the same shapes",
                help="write it a second time where it may have weights of its own",
            )
        return self.call(self.frame, module, inputs)

    def chain(self, module: Module, inputs: Mapping[str, Tensor]) -> Module | None:
        """Build what the repetitions of a chain are on other inputs."""
        tensors = {Port(name): tensor for name, tensor in inputs.items()}
        nodes: list[Node] = []
        for node in module.nodes:
            built = self.node(node, tuple(tensors[port] for port in node.reads))
            if built is None:
                return None
            if node.count > 1 and built.outputs != built.inputs[: len(built.outputs)]:
                text = f"the repetitions of `{module.name}` would differ in shape here"
                raise ShapeMismatch(text)
            nodes.append(built)
            tensors |= {Port(node.name, index): item for index, item in enumerate(built.outputs)}
        outputs = tuple(tensors[port] for port in module.results)
        again = replace(module, inputs=inputs, nodes=tuple(nodes), outputs=outputs)
        self.state.provenance[again] = self.state.provenance[module]
        return again


def _check_weights(first: Node, again: Node) -> None:
    """Hold that the weights are the same that are there already."""
    before, after = _weights(first), _weights(again)
    if before == after:
        return
    keys = (*before, *after)
    key = next(key for key in keys if before.get(key) != after.get(key))
    raise WeightMismatch(
        f"`{first.name}` cannot be called on {_shapes(again.inputs)}: its weight `{key}` is "
        f"{shape_text(before.get(key))}, and would be {shape_text(after.get(key))}",
        notes=(f"above it is called on {_shapes(first.inputs)}",),
    )


def _weights(node: Node) -> dict[str, tuple[int, ...]]:
    if isinstance(node, Leaf):
        return dict(node.weights)
    assert isinstance(node, Call)
    return {
        key_of(path, name): shape
        for path, leaf in instances(node.module)
        for name, shape in leaf.weights.items()
    }
