"""An output of the model that does not begin with the batch."""

from collections.abc import Iterator
from typing import NamedTuple

from archspec.analysis.warnings.residual import Judged, at, called, shape_of
from archspec.diagnostics import BatchMixed, Entry, Instead, Place, Remedy
from archspec.graph import Call, Leaf, Module, Network, Node, Port
from archspec.sizes import Size, Tensor, symbol, symbols_of


def batch_mixed(network: Network) -> Iterator[Judged]:
    """Find the layers by which an output of the model loses the batch from its first place.

    Between them the model may cut samples into windows, as long as it puts them together again. An
    output that no input has a part in has no batch, and states are told as their operation has it.
    """
    batch = symbol(network.batch)
    for port in network.model.results:
        value = _Value(network.model, port)
        if _begins(value.tensor, batch) or _is_state(value, batch):
            continue
        mixing = _mixing(value, batch)
        if mixing is not None:
            yield _judged(network, mixing, value)


class _Value(NamedTuple):
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

    def inside(self, call: Call) -> "_Value":
        """Give the same value in the body that is called, which gives it."""
        port = call.module.results[self.port.index]
        return _Value(call.module, port, (*self.calls, (self.module, call)))

    def outside(self) -> "_Value | None":
        """Give the same value where its body is called with it; the model's has no such place."""
        if not self.calls:
            return None
        *calls, (module, call) = self.calls
        place = list(self.module.inputs).index(self.port.name)
        return _Value(module, call.reads[place], tuple(calls))


def _begins(tensor: Tensor, batch: Size) -> bool:
    """Say whether a value begins with the batch; one without dimensions is of all samples."""
    return not tensor.shape or tensor.shape[0] == batch


def _source(value: _Value) -> _Value:
    """Go through calls and inputs to the operation that gives a value, or the model's input."""
    while True:
        node = value.node
        next = value.inside(node) if isinstance(node, Call) else None
        next = value.outside() if node is None else next
        if next is None:
            return value
        value = next


def _is_state(value: _Value, batch: Size) -> bool:
    """Say whether a value comes from an operation that has the batch in that place always."""
    source = _source(value)
    if not isinstance(source.node, Leaf):
        return False
    place = source.node.operation.batch_dim(source.port.index)
    return place is None or source.tensor.shape[place] == batch


def _is_of_samples(leaf: Leaf, index: int) -> bool:
    """Say whether what an operation gives is made of samples, and has a place for each."""
    return leaf.operation.carries and leaf.operation.batch_dim(index) is not None


def _mixing(output: _Value, batch: Size) -> _Value | None:
    """Go back to the layer that reads what begins with the batch, and gives what does not.

    Of what is made of weights alone there is none.
    """
    found, seen, open = None, {output}, [output]
    while open:
        value = _source(open.pop())
        if not isinstance(value.node, Leaf) or not _is_of_samples(value.node, value.port.index):
            continue
        reads = [value._replace(port=port) for port in value.node.reads]
        mixed = [read for read in reads if not _begins(read.tensor, batch)]
        found = value if len(mixed) < len(reads) else found
        open += [read for read in mixed if read not in seen]
        seen.update(mixed)
    return found


def _judged(network: Network, mixing: _Value, output: _Value) -> Judged:
    """Tell it at the layer, or at the call of another spec in which that stands."""
    leaf, shown = mixing.node, mixing
    assert leaf is not None
    node: Node = leaf
    for module, call in reversed(mixing.calls):
        if shown.module.spec is not network.spec and module.spec is network.spec:
            node = call
        shown = _Value(module, Port(call.name))
    source = output.node
    related: tuple[tuple[Place, str], ...] = ()
    if source is not None and source.path != node.path:
        related = ((at(source), f"gives the output, {output.tensor}"),)
    problem = _problem(called(leaf), mixing, output.tensor, network.batch)
    return Judged(node, problem, related, anywhere=True)


def _problem(name: str, mixing: _Value, output: Tensor, batch: str) -> BatchMixed:
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
