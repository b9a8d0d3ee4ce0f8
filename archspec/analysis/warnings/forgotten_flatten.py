"""A linear layer over the one place that a pool has left of each channel."""

from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property

from archspec.analysis.warnings.residual import Judged, at, called, leaves, shape_of
from archspec.diagnostics import Above, ForgottenFlatten, Remedy
from archspec.graph import Call, Leaf, Module, Network, Port
from archspec.sizes import Tensor


class Axis(Enum):
    """What a last dimension goes over."""

    PLACES = "places"
    FEATURES = "features"
    UNKNOWN = "unknown"


def forgotten_flatten(network: Network) -> Iterator[Judged]:
    """Find layers that map the last dimension where it has one place, behind larger channels.

    A feature that is one by itself, as the price in a series N×T×1, is none.
    """
    axes = _Axes(network)
    for module in network.modules():
        for leaf in leaves(module):
            if _maps_one(leaf) and _is_place(axes.last(module, leaf.reads[0]), leaf.inputs[0]):
                yield _judged(module, leaf)


def _maps_one(leaf: Leaf) -> bool:
    """Say whether a layer has weights for a last dimension of one, with larger ones before it."""
    if leaf.operation.bias_dim != -1 or leaf.inputs[0].rank < 3:
        return False
    *others, last = leaf.inputs[0].shape[1:]
    return last == 1 and any(size != 1 for size in others)


def _is_place(axis: Axis, tensor: Tensor) -> bool:
    """Say whether a dimension of one is a place: N×C×1×1 has channels and places, else unsaid."""
    if axis is Axis.UNKNOWN:
        return tensor.rank > 3 and all(size == 1 for size in tensor.shape[2:])
    return axis is Axis.PLACES


_Values = list[tuple[Module, Port]]


class _Axes:
    """Tells what the last dimension of a value goes over, from the layer that made it."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def callers(self) -> Mapping[int, list[tuple[Module, Call]]]:
        """Where each module is called."""
        found: dict[int, list[tuple[Module, Call]]] = {}
        for module in self.network.modules():
            for node in module.nodes:
                if isinstance(node, Call):
                    found.setdefault(id(node.module), []).append((module, node))
        return found

    def last(self, module: Module, port: Port) -> Axis:
        """Follow a value back to where its last dimension was made, in all uses of its body."""
        found: set[Axis] = set()
        seen, open = {(id(module), port)}, [(module, port)]
        while open:
            made = self._made(*open.pop())
            if isinstance(made, Axis):
                found.add(made)
                continue
            before = [(body, value) for body, value in made if (id(body), value) not in seen]
            open += before
            seen.update((id(body), value) for body, value in before)
        return found.pop() if len(found) == 1 else Axis.UNKNOWN

    def _made(self, module: Module, port: Port) -> "Axis | _Values":
        """Say what the last dimension is, or which values it was taken from as it is."""
        node = module.by_name.get(port.name)
        if isinstance(node, Call):
            return [(node.module, node.module.results[port.index])]
        if not isinstance(node, Leaf):
            place = list(module.inputs).index(port.name)
            callers = self.callers.get(id(module), [])
            return [(outer, call.reads[place]) for outer, call in callers] or Axis.UNKNOWN
        return _made_by(module, node, node.outputs[port.index])


def _made_by(module: Module, leaf: Leaf, given: Tensor) -> "Axis | _Values":
    """Say the same of what an operation gives."""
    if leaf.operation.spatial:
        return Axis.PLACES
    if leaf.operation.bias_dim == -1:
        return Axis.FEATURES
    for read, tensor in zip(leaf.reads, leaf.inputs, strict=True):
        if tensor.shape[-1] == given.shape[-1]:
            return [(module, read)]
        if tensor.shape[:-1] == given.shape[:-1]:
            return Axis.FEATURES if leaf.weights else [(module, read)]
    return Axis.UNKNOWN


def _judged(module: Module, leaf: Leaf) -> Judged:
    name, tensor = called(leaf), leaf.inputs[0]
    channels = tensor.shape[1]
    problem = ForgottenFlatten(
        f"`{name}` maps a dimension of size 1, not the {channels} channels",
        label=f"reads {tensor}",
        notes=(
            f"`{leaf.operation.op()}` maps the last dimension alone, and gives {leaf.outputs[0]}",
        ),
        help=_help(module, leaf),
    )
    source = module.by_name.get(leaf.reads[0].name)
    tensor = shape_of(module, leaf.reads[0])
    related = () if source is None else ((at(source), f"{tensor} comes from here"),)
    return Judged(leaf, problem, related)


def _help(module: Module, leaf: Leaf) -> str:
    """Say how to bring the channels to the end."""
    name, tensor = called(leaf), leaf.inputs[0]
    flat = f"put `flatten` in front of `{name}`"
    if all(size == 1 for size in tensor.shape[2:]):
        layer = leaf.origin.layer
        is_next = layer is not None and layer.reads is None and not leaf.name.isdigit()
        known = "flatten" in module.by_name
        return Remedy(flat, Above("flatten", "flatten")) if is_next and not known else flat
    moved = f"bring the channels to the end in front of `{name}`, by `squeeze` and `transpose`"
    free = any(not isinstance(size, int) for size in tensor.shape[1:])
    return moved if free else f"{flat}, or {moved}"
