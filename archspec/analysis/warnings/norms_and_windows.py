"""Normalisations that take away what came before, and windows that leave out or stand askew."""

from collections.abc import Iterator, Sequence

from archspec.analysis.warnings.judged import Judged, at, called, leaves
from archspec.diagnostics import (
    BiasBeforeNorm,
    DropoutBeforeNorm,
    DroppedPixels,
    Entry,
    EvenSameKernel,
    Instead,
    Remedy,
    SingleValueNorm,
)
from archspec.document import listed
from archspec.elaborate.advice.fitting import holds, written
from archspec.graph import Leaf, Module, Node, Port
from archspec.operations import Window


def bias_before_norm(module: Module) -> Iterator[Judged]:
    """Find the layers with a bias of which all readers take the mean away."""
    called_again = {node.again for node in module.nodes}
    for leaf in leaves(module):
        if leaf.operation.bias_dim is None or "bias" not in leaf.weights:
            continue
        others = _readers(module, leaf)
        if not others or leaf.name in called_again:
            continue
        if all(_takes_away(leaf, other) for other in others):
            yield _biased(leaf, others[0])


def _readers(module: Module, leaf: Leaf) -> list[Node]:
    """Give the nodes that read a layer, or none where those outside may read it, too."""
    port = Port(leaf.name)
    if port in module.results:
        return []
    return [node for node in module.nodes if port in node.reads]


def _takes_away(leaf: Leaf, other: Node) -> bool:
    if not isinstance(other, Leaf) or leaf.operation.bias_dim is None:
        return False
    centred = other.operation.centred_dim(*other.inputs)
    return centred is not None and leaf.operation.bias_dim % leaf.outputs[0].rank == centred


def _biased(leaf: Leaf, norm: Node) -> Judged:
    text = f"`{called(leaf)}` adds a bias that `{called(norm)}` takes away again"
    note = f"`{called(norm)}` subtracts the mean of each channel"
    if isinstance(norm, Leaf) and "bias" in norm.weights:
        note += ", and adds a bias of its own"
    right = _right(leaf, norm)
    help = Remedy(f"write `bias: {right}` at `{called(leaf)}`", Entry("bias", right))
    problem = BiasBeforeNorm(text, notes=(note,), help=help)
    return Judged(leaf, problem, ((at(norm), "takes the mean away"),))


def _right(leaf: Leaf, norm: Node) -> str:
    """Say what to write: where the normalisation may be absent, the bias stays there."""
    when = norm.origin.layer.when if norm.origin.layer else None
    if not isinstance(when, str) or (leaf.origin.layer and leaf.origin.layer.when == when):
        return "false"
    return f"not {when}" if when.isidentifier() else f"not ({when})"


def dropout_before_norm(module: Module) -> Iterator[Judged]:
    """Find the dropouts of which all readers keep a variance that is not there in evaluation.

    It is wrong wherever it happens, also where another use of the block drops nothing.
    """
    for leaf in leaves(module):
        if not leaf.operation.shifts_variance():
            continue
        others = _readers(module, leaf)
        if others and all(map(_keeps_statistics, others)):
            yield _shifted(leaf, others[0])


def _keeps_statistics(node: Node) -> bool:
    return isinstance(node, Leaf) and node.operation.keeps_statistics()


def _shifted(leaf: Leaf, norm: Node) -> Judged:
    problem = DropoutBeforeNorm(
        f"`{called(leaf)}` changes the variance that `{called(norm)}` measures, in training alone",
        notes=(
            f"in evaluation `{called(leaf)}` drops nothing, and `{called(norm)}` divides by the "
            "variance of training",
        ),
        help=f"put `{called(leaf)}` behind `{called(norm)}`",
    )
    return Judged(leaf, problem, ((at(norm), "keeps it for evaluation"),), anywhere=True)


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
    return SingleValueNorm(
        f"`{called(leaf)}` normalises one value, which gives 0 whatever it is",
        label=f"reads {leaf.inputs[0]}",
        notes=("a value minus the mean of itself alone is 0",),
        help=Remedy(
            f"leave out `{called(leaf)}`, or normalise over more values, such as several channels",
            Instead("identity"),
        ),
    )


def _one_each(leaf: Leaf) -> SingleValueNorm:
    return SingleValueNorm(
        f"`{called(leaf)}` has one value of each channel in a sample to normalise over",
        label=f"reads {leaf.inputs[0]}",
        notes=("PyTorch refuses to train it with a batch of one",),
        help=Remedy(
            f"leave out `{called(leaf)}`, or normalise over the channels: "
            "`{op: group_norm, num_groups: 1}`",
            Instead("{op: group_norm, num_groups: 1}"),
            Instead("identity"),
        ),
    )


def dropped_pixels(module: Module) -> Iterator[Judged]:
    """Find the windows larger than 1×1 between which some pixels are never read."""
    for leaf in leaves(module):
        windows = leaf.operation.windows()
        if all(window.kernel == 1 for window in windows):
            continue
        for axis, window in enumerate(windows, 2):
            if _leaves_out(leaf, window, axis):
                yield Judged(leaf, _dropped(leaf, window, _places(windows, axis)))
                break


def _leaves_out(leaf: Leaf, window: Window, axis: int) -> bool:
    return window.unread > 0 and leaf.outputs[0].shape[axis] != 1


def _places(windows: Sequence[Window], axis: int) -> str:
    """Name what a window goes over along a dimension of its input."""
    if len(windows) != 2:
        return "places"
    if windows[0] == windows[1]:
        return "rows and columns"
    return "rows" if axis == 2 else "columns"


def _dropped(leaf: Leaf, window: Window, places: str) -> DroppedPixels:
    text = f"`{called(leaf)}` never reads {window.unread} of every {window.stride} {places}"
    note = f"its windows of {_described(window)} stand {window.stride} apart"
    return DroppedPixels(text, notes=(note,), help=_without_gaps(leaf))


def _without_gaps(leaf: Leaf) -> Remedy | None:
    """Say which stride, kernel or dilation leaves nothing out; each is the nearest that fits."""
    ways = (_whole(leaf, field, argument) for field, argument in _ARGUMENTS.items())
    entries = [entry for entry in ways if entry is not None]
    if not entries:
        return None
    either = listed((f"{entry.key}: {entry.text}" for entry in entries), "or")
    return Remedy(f"write {either}", *entries)


_ARGUMENTS = {"stride": "stride", "kernel": "kernel_size", "dilation": "dilation"}
"""What a window is made of, and the argument that says it."""


def _whole(leaf: Leaf, field: str, argument: str) -> Entry | None:
    """Write the argument with which no window leaves anything out, if the layer then fits."""
    windows = leaf.operation.windows()
    nearest = [
        _nearest(window, field) if _leaves_out(leaf, window, axis) else window
        for axis, window in enumerate(windows, 2)
    ]
    sizes = tuple(getattr(window, field) for window in nearest if window is not None)
    if len(sizes) < len(windows) or argument not in type(leaf.operation).model_fields:
        return None
    given = {**_kept(leaf, windows), argument: list(sizes)}
    fits = holds(leaf.operation, given, leaf.inputs, str(leaf.inputs[0].batch))
    return Entry(argument, written(sizes)) if fits else None


def _kept(leaf: Leaf, windows: Sequence[Window]) -> dict[str, object]:
    """Give what a layer says, and the stride that a pooling has by default."""
    stride = [window.stride for window in windows]
    has_stride = "stride" in type(leaf.operation).model_fields
    return {**({"stride": stride} if has_stride else {}), **leaf.given}


def _nearest(window: Window, field: str) -> Window | None:
    """Find the nearest window that leaves nothing out: a larger kernel, or less of the others."""
    size: int = getattr(window, field)
    sizes = range(size + 1, window.stride + 1) if field == "kernel" else range(size - 1, 0, -1)
    candidates = (Window(**{**window._asdict(), field: other}) for other in sizes)
    return next((other for other in candidates if not other.unread), None)


def _described(window: Window) -> str:
    """Write the size of a window, and how it is spread."""
    spread = f" with `dilation: {window.dilation}`" if window.dilation > 1 else ""
    return f"{window.kernel}{spread}"


def even_same_kernel(module: Module) -> Iterator[Judged]:
    """Find even kernels with `padding: same`."""
    for leaf in leaves(module):
        lopsided = [window for window in leaf.operation.windows() if window.is_lopsided]
        if lopsided:
            yield Judged(leaf, _lopsided(leaf, lopsided[0]))


def _lopsided(leaf: Leaf, window: Window) -> EvenSameKernel:
    kernel = window.kernel
    text = f"`padding: same` around the even kernel of `{called(leaf)}` is wider at one side"
    extent = window.dilation * (kernel - 1)
    before, after = extent // 2, extent - extent // 2
    note = (
        f"for a kernel of {_described(window)} it adds {before} at the start and {after} at the end"
    )
    odd = (kernel - 1, kernel + 1) if kernel > 2 else (kernel + 1,)
    either = " or ".join(map(str, odd)) if kernel > 2 else f"such as {kernel + 1}"
    help = f"use an odd `kernel_size`, {either}"
    ways = (Entry("kernel_size", _odd(leaf, number - kernel)) for number in odd)
    return EvenSameKernel(text, notes=(note,), help=Remedy(help, *ways))


def _odd(leaf: Leaf, more: int) -> str:
    """Write the sizes of a kernel, each lopsided one made odd."""
    windows = leaf.operation.windows()
    sizes = [max(one.kernel + more, 3) if one.is_lopsided else one.kernel for one in windows]
    return str(sizes[0] if len(set(sizes)) == 1 else sizes)
