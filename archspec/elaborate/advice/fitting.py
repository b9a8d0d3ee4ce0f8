"""Which layer or size would make values fit: projections, merged batches, nearest windows."""

from collections.abc import Callable, Iterator, Mapping

from pydantic import ValidationError

from archspec.diagnostics import (
    Above,
    Change,
    EmptyTensor,
    Entry,
    Place,
    Problem,
    Projection,
    Remedy,
    SymbolicValue,
    WindowTooLarge,
)
from archspec.document import listed
from archspec.elaborate.advice.sources import reference
from archspec.elaborate.apply import typed
from archspec.elaborate.state import Frame, Unit
from archspec.graph import Leaf, Node, Port
from archspec.operations import Operation
from archspec.sizes import Size, Tensor, symbol

_STEPS = (
    ("kernel_size", -1),
    ("padding", 1),
    ("padding", -1),
    ("dilation", -1),
    ("kernel_size", 1),
)
"""The arguments of windows, and which way each is changed until the rules agree."""

_MOST_STEPS = 64
"""So far from what is written a size is looked for; a further one is hardly what was wanted."""


def fitting(
    operation: Operation, given: Mapping[str, object], inputs: tuple[Tensor, ...], batch: str
) -> tuple[Entry, ...]:
    """Give what may be written instead, so that the rules of an operation hold for its inputs."""
    entries = (_nearest(operation, given, inputs, batch, *step) for step in _STEPS)
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))


def _nearest(
    operation: Operation,
    given: Mapping[str, object],
    inputs: tuple[Tensor, ...],
    batch: str,
    name: str,
    step: int,
) -> Entry | None:
    size = getattr(operation, name, None)
    sizes = (size,) if type(size) is int else size
    if not isinstance(sizes, tuple) or not all(isinstance(size, int) for size in sizes):
        return None
    for changed in _changed(sizes, step, 0 if name == "padding" else 1):
        if holds(
            operation,
            {**given, name: changed[0] if type(size) is int else list(changed)},
            inputs,
            batch,
        ):
            return Entry(name, written(changed))
    return None


def _changed(sizes: tuple[int, ...], step: int, least: int) -> Iterator[tuple[int, ...]]:
    """Give sizes further and further away: smaller ones not below the least, larger ones alike."""
    edge = max(sizes) if step < 0 else min(sizes)
    for _ in range(_MOST_STEPS):
        edge += step
        if edge < least:
            return
        yield tuple(min(size, edge) if step < 0 else max(size, edge) for size in sizes)


def holds(
    operation: Operation, given: Mapping[str, object], inputs: tuple[Tensor, ...], batch: str
) -> bool:
    """Say whether an operation takes arguments, and with them what it reads."""
    try:
        typed(type(operation).model_validate(given), inputs, batch)
    except (Problem, ValidationError):
        return False
    return True


def written(sizes: tuple[int, ...]) -> str:
    """Write the sizes of a window, one for all dimensions where they are alike."""
    return str(sizes[0]) if len(set(sizes)) == 1 else str(list(sizes))


def with_fitting(problem: Problem, entries: tuple[Entry, ...]) -> str | None:
    """Give the help of a problem about a window: the sizes that fit, where there are any."""
    if not isinstance(problem, WindowTooLarge | EmptyTensor) or not entries:
        return problem.help
    either = listed((f"{entry.key}: {entry.text}" for entry in entries), "or")
    before = "" if isinstance(problem, EmptyTensor) else ", or shrink the input less before"
    return Remedy(f"write {either}{before}", *entries)


Rebuild = Callable[[Node, Tensor], Node | None]
"""Builds a layer again as if it read another tensor; `None` where it cannot."""

_MOST_STRIDE = 8


def projection(rebuild: Rebuild, frame: Frame, unit: Unit) -> str | None:
    """Say what lets two values be joined that are to have one shape.

    Perhaps a branch should read the input of the body. Else a convolution gives one of two maps the
    shape of the other. The input of the body, which a shortcut takes along, is projected before any
    other value, and only that is certain: on the main path something else is wrong. In a block its
    channels are written as those of the other value, so that they hold in every use of the block; a
    stride holds in this use alone, and is not certain.
    """
    operation = unit.target.operation
    if operation is None or not operation.alike or not len(unit.inputs) == len(unit.sources) == 2:
        return None
    return _forgotten(rebuild, frame, unit) or _projected(frame, unit)


def _projected(frame: Frame, unit: Unit) -> str | None:
    """Suggest a convolution for one of two maps."""
    assert unit.target.operation is not None
    pairs = zip(unit.sources, unit.inputs, strict=True)
    named = [(reference(frame, port), item) for port, item in pairs]
    first, second = sorted(reversed(named), key=lambda item: item[0] not in frame.values.inputs)
    for (name, own), (other, wanted) in ((first, second), (second, first)):
        channels = f"{other}.channels" if frame.depth and other.isidentifier() else None
        layer = (
            None if own is None or wanted is None else _layer(frame, name, own, wanted, channels)
        )
        if layer is not None:
            is_cat = unit.target.operation.adds and "stride" not in layer
            text = f"project `{name}` with `{layer}`" + (", or use `cat`" if is_cat else "")
            shortcut = name in frame.values.inputs and other not in frame.values.inputs
            if shortcut and not (frame.depth and "stride" in layer):
                return Projection(text, name, layer)
            return Remedy(text, *_inserted(unit, name, layer))
    return None


def _inserted(unit: Unit, name: str, layer: str) -> tuple[tuple[Change, ...], ...]:
    """Write a layer above another one, and let that read it."""
    reads, projection = unit.layer.references, f"{name.replace('.', '_')}_projection"
    if reads is None or name not in reads:
        return ()
    items = [projection if item == name else item for item in reads]
    return ((Above(projection, layer), Entry("from", f"[{', '.join(items)}]")),)


def _forgotten(rebuild: Rebuild, frame: Frame, unit: Unit) -> str | None:
    """Say which layer would give the right shape, if it read the input and not the one above."""
    pairs = tuple(zip(unit.sources, unit.inputs, strict=True))
    for (port, _), (other, wanted) in (pairs, pairs[::-1]):
        branch = _branch(frame, port, other)
        for name, tensor in frame.values.inputs.items() if branch and wanted else ():
            if tensor is not None and _again(rebuild, branch, tensor) == wanted:
                text = f"`{branch[0].name}` reads `{reference(frame, other)}`, the layer above it"
                return f"{text}, and may want `from: {name}`"
    return None


def _branch(frame: Frame, port: Port, above: Port) -> list[Node]:
    """List the layers that lead from one value to another, each without a `from` of its own."""
    branch: list[Node] = []
    while port != above:
        node = frame.values.node(port.name)
        layer = node.origin.layer if node is not None else None
        if node is None or layer is None or layer.reads is not None or layer.repeat is not None:
            return []
        if len(node.reads) != 1 or len(node.outputs) != 1:
            return []
        branch, port = [node, *branch], node.reads[0]
    return branch


def _again(rebuild: Rebuild, branch: list[Node], tensor: Tensor) -> Tensor | None:
    """Say what layers would give of another tensor; `None` where they cannot read it."""
    for node in branch:
        built = rebuild(node, tensor)
        if built is None:
            return None
        tensor = built.outputs[0]
    return tensor


def _layer(
    frame: Frame, name: str, own: Tensor, wanted: Tensor, channels: str | None
) -> str | None:
    """Write the convolution that gives one shape for another, if there is one."""
    if own.rank != 4 or wanted.rank != 4 or not isinstance(wanted.shape[1], int):
        return None
    stride = next((n for n in range(1, _MOST_STRIDE + 1) if _fits(own, wanted, n)), None)
    if stride is None or own.shape[0] != wanted.shape[0]:
        return None
    step = "" if stride == 1 else f", stride: {_as_written(frame, stride)}"
    size = channels or wanted.shape[1]
    return f"{{op: conv2d, from: {name}, out_channels: {size}, kernel_size: 1{step}}}"


def _as_written(frame: Frame, stride: int) -> str:
    """Write a stride as the layers before do that have the same: by the block's parameter."""
    for node in frame.values.nodes:
        written = node.origin.arguments.get("stride")
        has = node.operation if isinstance(node, Leaf) else None
        if isinstance(written, str) and getattr(has, "stride", 1) in (stride, (stride, stride)):
            return written
    return str(stride)


def _fits(own: Tensor, wanted: Tensor, stride: int) -> bool:
    return all(_after(a, stride) == b for a, b in zip(own.shape[2:], wanted.shape[2:], strict=True))


def _after(size: Size, stride: int) -> Size:
    """Give the size that a window of 1×1 leaves."""
    return size if stride == 1 else (size - 1) // stride + 1


# The layer that merged the batch with other dimensions, on which later ones fail.


def without_batch(
    frame: Frame, unit: Unit, batch: str
) -> tuple[SymbolicValue, Place, tuple[tuple[Place, str], ...]] | None:
    """Describe the layer above that merged the batch, if that may be why another one fails."""
    node = _merging(frame, unit.sources, batch)
    if node is None:
        return None
    arguments = node.operation.with_batch(*node.inputs)
    if not arguments:
        return None
    entries = tuple(Entry(key, str(value)) for key, value in arguments.items())
    written = ", ".join(f"`{entry.key}: {entry.text}`" for entry in entries)
    text = f"`{node.name}` merges the batch with the rest, {node.inputs[0]} into {node.outputs[0]}"
    help = Remedy(f"write {written}, and the batch stays by itself", entries)
    failed = (Place(unit.path, key=True), f"reads {node.outputs[0]}")
    return SymbolicValue(text, help=help), Place(node.path, key=True), (failed,)


def _merging(frame: Frame, sources: tuple[Port, ...], batch: str) -> Leaf | None:
    """Follow values back to the operation that receives a batch and gives none."""
    nodes = {node.name: node for node in frame.values.nodes}
    waiting = [port.name for port in sources]
    while waiting:
        node = nodes.pop(waiting.pop(), None)
        if node is None:
            continue
        loses = _batched(node.inputs, batch) and not _batched(node.outputs, batch)
        if loses and isinstance(node, Leaf):
            return node
        waiting += [port.name for port in node.reads]
    return None


def _batched(tensors: tuple[Tensor, ...], batch: str) -> bool:
    """Say whether one of some tensors has the batch as its first size."""
    return any(tensor.rank and tensor.batch == symbol(batch) for tensor in tensors)
