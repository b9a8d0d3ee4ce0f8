"""Normalisations that take away what came before them."""

from collections.abc import Iterator

from archspec.analysis.warnings.residual import Judged, at, called, leaves, readers
from archspec.diagnostics import BiasBeforeNorm, Entry, Instead, Remedy, SingleValueNorm
from archspec.graph import Leaf, Module, Node, Port

# A bias that the normalisation behind it takes away again.


def bias_before_norm(module: Module) -> Iterator[Judged]:
    """Find the layers with a bias of which all readers take the mean away."""
    called_again = {node.again for node in module.nodes}
    for leaf in leaves(module):
        if leaf.operation.bias_dim is None or "bias" not in leaf.weights:
            continue
        port = Port(leaf.name)
        others = readers(module, port)
        if not others or port in module.results or leaf.name in called_again:
            continue
        if all(_takes_away(leaf, other) for other in others):
            yield _judged(leaf, others[0])


def _takes_away(leaf: Leaf, other: Node) -> bool:
    if not isinstance(other, Leaf) or leaf.operation.bias_dim is None:
        return False
    centred = other.operation.centred_dim(*other.inputs)
    return centred is not None and leaf.operation.bias_dim % leaf.outputs[0].rank == centred


def _judged(leaf: Leaf, norm: Node) -> Judged:
    text = f"`{called(leaf)}` adds a bias that `{called(norm)}` takes away again"
    own = (
        ", and adds a bias of its own" if isinstance(norm, Leaf) and "bias" in norm.weights else ""
    )
    notes = (f"`{called(norm)}` subtracts the mean of each channel{own}",)
    right = _right(leaf, norm)
    help = Remedy(f"write `bias: {right}` at `{called(leaf)}`", Entry("bias", right))
    problem = BiasBeforeNorm(text, notes=notes, help=help)
    return Judged(leaf, problem, ((at(norm), "takes the mean away"),))


def _right(leaf: Leaf, norm: Node) -> str:
    """Say what to write: where the normalisation may be absent, the bias stays there."""
    when = norm.origin.layer.when if norm.origin.layer else None
    if not isinstance(when, str) or (leaf.origin.layer and leaf.origin.layer.when == when):
        return "false"
    return f"not {when}" if when.isidentifier() else f"not ({when})"


# A normalisation over one value.


def single_value_norm(module: Module) -> Iterator[Judged]:
    """Find normalisations of which a mean is taken of one value, or of one in each sample.

    Over the batch alone, N×C, is what batch normalisation was made for; of maps it says that
    nothing is left of their height and width.
    """
    for leaf in leaves(module):
        values = leaf.operation.normalised(*leaf.inputs)
        if values is None:
            continue
        if values == 1:
            yield Judged(leaf, _nothing(leaf))
        elif values == leaf.inputs[0].batch and leaf.inputs[0].rank > 2:
            yield Judged(leaf, _one_each(leaf))


def _nothing(leaf: Leaf) -> SingleValueNorm:
    text = f"`{called(leaf)}` normalises one value, which gives 0 whatever it is"
    return SingleValueNorm(
        text,
        label=f"reads {leaf.inputs[0]}",
        notes=("a value minus the mean of itself alone is 0",),
        help=Remedy(
            f"leave out `{called(leaf)}`, or normalise over more values, such as several channels",
            Instead("identity"),
        ),
    )


def _one_each(leaf: Leaf) -> SingleValueNorm:
    text = f"`{called(leaf)}` has one value of each channel in a sample to normalise over"
    return SingleValueNorm(
        text,
        label=f"reads {leaf.inputs[0]}",
        notes=("PyTorch refuses to train it with a batch of one",),
        help=Remedy(
            f"leave out `{called(leaf)}`, or normalise over the channels: "
            "`{op: group_norm, num_groups: 1}`",
            Instead("{op: group_norm, num_groups: 1}"),
            Instead("identity"),
        ),
    )
