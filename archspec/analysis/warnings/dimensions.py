"""Dimensions that are not what they seem: a batch that is lost, channels that no layer maps."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from enum import Enum
from functools import cached_property
from typing import NamedTuple

from archspec.analysis.warnings.judged import Judged, at, called, leaves, shape_of
from archspec.diagnostics import (
    Above,
    BatchMixed,
    Entry,
    ForgottenFlatten,
    Instead,
    Place,
    Remedy,
)
from archspec.graph import Call, Leaf, Module, Network, Node, Port
from archspec.sizes import Size, Tensor, symbol, symbols_of


def batch_mixed(network: Network) -> Iterator[Judged]:
    """Find the layers by which an output of the model loses the batch from its first place.

    Between them the model may cut samples into windows, as long as it puts them together again. An
    output that no input has a part in has no batch, and the operation says where states have it.
    """
    batch = symbol(network.batch)
    for port in network.model.results:
        value = _Instance(network.model, port)
        if _begins(value.tensor, batch) or _is_state(value, batch):
            continue
        mixing = _mixing(value, batch)
        if mixing is not None:
            yield _mixed(network, mixing, value)


class _Instance(NamedTuple):
    """A value of a body, and the calls that lead into that body, the outermost first."""

    module: Module
    port: Port
    calls: tuple[tuple[Module, Call], ...] = ()

    @property
    def node(self) -> Node | None:
        """The node that gives it; an input of the body has none."""
        return self.module.by_name.get(self.port.name)

    @property
    def tensor(self) -> Tensor:
        """What it is."""
        return shape_of(self.module, self.port)

    def inside(self, call: Call) -> "_Instance":
        """Give the same value in the body that is called, which gives it."""
        port = call.module.results[self.port.index]
        return _Instance(call.module, port, (*self.calls, (self.module, call)))

    def outside(self) -> "_Instance | None":
        """Give the same value where its body is called with it; the model's has no such place."""
        if not self.calls:
            return None
        *calls, (module, call) = self.calls
        place = list(self.module.inputs).index(self.port.name)
        return _Instance(module, call.reads[place], tuple(calls))


def _begins(tensor: Tensor, batch: Size) -> bool:
    """Say whether a value begins with the batch; one without dimensions is of all samples."""
    return not tensor.shape or tensor.shape[0] == batch


def _source(value: _Instance) -> _Instance:
    """Go through calls and inputs to the operation that gives a value, or the model's input."""
    while True:
        node = value.node
        next = value.inside(node) if isinstance(node, Call) else None
        next = value.outside() if node is None else next
        if next is None:
            return value
        value = next


def _is_state(value: _Instance, batch: Size) -> bool:
    """Say whether a value comes from an operation that has the batch in that place always."""
    source = _source(value)
    if not isinstance(source.node, Leaf):
        return False
    place = source.node.operation.batch_dim(source.port.index)
    return place is None or source.tensor.shape[place] == batch


def _is_of_samples(leaf: Leaf, index: int) -> bool:
    """Say whether what an operation gives is made of samples, and has a place for each."""
    return leaf.operation.carries and leaf.operation.batch_dim(index) is not None


def _mixing(output: _Instance, batch: Size) -> _Instance | None:
    """Go back to the layer that reads what begins with the batch, and gives what does not.

    Of what is made of weights alone there is none.
    """
    last, seen, open = None, {output}, [output]
    while open:
        value = _source(open.pop())
        if not isinstance(value.node, Leaf) or not _is_of_samples(value.node, value.port.index):
            continue
        reads = [value._replace(port=port) for port in value.node.reads]
        mixed = [read for read in reads if not _begins(read.tensor, batch)]
        last = value if len(mixed) < len(reads) else last
        open += [read for read in mixed if read not in seen]
        seen.update(mixed)
    return last


def _mixed(network: Network, mixing: _Instance, output: _Instance) -> Judged:
    """Report it at the layer, or at the call of another spec in which that stands."""
    leaf, shown = mixing.node, mixing
    assert leaf is not None
    node: Node = leaf
    for module, call in reversed(mixing.calls):
        if shown.module.spec is not network.spec and module.spec is network.spec:
            node = call
        shown = _Instance(module, Port(call.name))
    source = output.node
    related: tuple[tuple[Place, str], ...] = ()
    if source is not None and source.path != node.path:
        related = ((at(source), f"gives the output, {output.tensor}"),)
    problem = _problem(called(leaf), mixing, output.tensor, network.batch)
    return Judged(node, problem, related, anywhere=True)


def _problem(name: str, mixing: _Instance, output: Tensor, batch: str) -> BatchMixed:
    node, given = mixing.node, mixing.tensor
    assert node is not None
    read = next(tensor for tensor in node.inputs if _begins(tensor, symbol(batch)))
    help = "dimension 0 is the batch: name another one"
    if symbol(batch) in given.shape:
        does = f"moves the batch `{batch}` to dimension {given.shape.index(symbol(batch))}"
        help = _back(output, symbol(batch)) or help
    elif batch in symbols_of(given.shape[0]):
        does = f"makes {given.shape[0]} of the batch `{batch}`"
        help = _beside(help, node) if len(node.inputs) > 1 else _flat(read, node)
    else:
        does = f"leaves nothing of the batch `{batch}`"
    return BatchMixed(
        f"`{name}` {does}, and the model gives {output}",
        label=f"gives {given}",
        notes=("the first size of an output is that of the batch, one place for each sample",),
        help=help,
    )


def _back(output: Tensor, batch: Size) -> str | None:
    """Say how the batch comes into its place again."""
    if batch not in output.shape:
        return None
    place = output.shape.index(batch)
    return f"put `{{op: transpose, dim0: 0, dim1: {place}}}` behind the last layer"


def _beside(text: str, node: Node) -> str:
    """Join along the next dimension, where the samples stay apart."""
    joins = isinstance(node, Leaf) and node.operation.gathers and node.inputs[0].rank > 1
    return Remedy(text, Entry("dim", "1")) if joins else text


def _flat(read: Tensor, node: Node) -> str:
    """Say how the batch stays what it is."""
    flat = read.reshaped(read.batch, read.reshaped(*read.shape[1:]).elements)
    text = f"keep the batch as it is: `{{op: flatten, start_dim: 1}}` gives {flat}"
    layer = node.origin.layer
    if layer is None or layer.reads is not None or layer.op is None or flat == read:
        return text
    return Remedy(text, Instead("{op: flatten, start_dim: 1}"))


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
                yield _forgotten(module, leaf)


def _maps_one(leaf: Leaf) -> bool:
    """Say whether a layer has weights for a last dimension of one, with larger ones before it."""
    if leaf.operation.bias_dim != -1 or leaf.inputs[0].rank < 3:
        return False
    *others, last = leaf.inputs[0].shape[1:]
    return last == 1 and any(size != 1 for size in others)


def _is_place(axis: Axis, tensor: Tensor) -> bool:
    """Say whether a dimension of one is a place; where that is unknown, those of N×C×1×1 are."""
    if axis is Axis.UNKNOWN:
        return tensor.rank > 3 and all(size == 1 for size in tensor.shape[2:])
    return axis is Axis.PLACES


_Values = list[tuple[Module, Port]]


class _Axes:
    """Finds what the last dimension of a value goes over, from the layer that made it."""

    def __init__(self, network: Network) -> None:
        self.network = network

    @cached_property
    def callers(self) -> Mapping[int, list[tuple[Module, Call]]]:
        """Where each module is called."""
        callers: defaultdict[int, list[tuple[Module, Call]]] = defaultdict(list)
        for module in self.network.modules():
            for node in module.nodes:
                if isinstance(node, Call):
                    callers[id(node.module)].append((module, node))
        return callers

    def last(self, module: Module, port: Port) -> Axis:
        """Follow a value back to where its last dimension was made, in all uses of its body."""
        axes: set[Axis] = set()
        seen, open = {(id(module), port)}, [(module, port)]
        while open:
            made = self._made(*open.pop())
            if isinstance(made, Axis):
                axes.add(made)
                continue
            before = [(body, value) for body, value in made if (id(body), value) not in seen]
            open += before
            seen.update((id(body), value) for body, value in before)
        return axes.pop() if len(axes) == 1 else Axis.UNKNOWN

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


def _forgotten(module: Module, leaf: Leaf) -> Judged:
    name, tensor = called(leaf), leaf.inputs[0]
    channels = tensor.shape[1]
    problem = ForgottenFlatten(
        f"`{name}` maps a dimension of size 1, not the {channels} channels",
        label=f"reads {tensor}",
        notes=(
            f"`{leaf.operation.op()}` maps the last dimension alone, and gives {leaf.outputs[0]}",
        ),
        help=_to_the_end(module, leaf),
    )
    source = module.by_name.get(leaf.reads[0].name)
    tensor = shape_of(module, leaf.reads[0])
    related = () if source is None else ((at(source), f"{tensor} comes from here"),)
    return Judged(leaf, problem, related)


def _to_the_end(module: Module, leaf: Leaf) -> str:
    """Say how to bring the channels to the end."""
    name, tensor = called(leaf), leaf.inputs[0]
    flat = f"put `flatten` in front of `{name}`"
    if all(size == 1 for size in tensor.shape[2:]):
        layer = leaf.origin.layer
        is_next = layer is not None and layer.reads is None and not leaf.name.isdigit()
        has_flatten = "flatten" in module.by_name
        return Remedy(flat, Above("flatten", "flatten")) if is_next and not has_flatten else flat
    moved = f"bring the channels to the end in front of `{name}`, by `squeeze` and `transpose`"
    free = any(not isinstance(size, int) for size in tensor.shape[1:])
    return moved if free else f"{flat}, or {moved}"
