"""Say which layer would let values be joined whose shapes differ."""

from archspec.diagnostics import Above, Change, Entry, Projection, Remedy
from archspec.dimensions import Size
from archspec.elaborate.frames import Frame, Unit
from archspec.graph import Leaf, Port
from archspec.tensors import Tensor

_MOST_STRIDE = 8


def projection(frame: Frame, unit: Unit) -> str | None:
    """Suggest a convolution for one of two maps, where both are to have one shape.

    The input of the body, which a shortcut takes along, is projected before any other value. In a
    block its channels are said by the other value, so that they hold in every use of the block; a
    stride holds in this use alone, and is not certain.
    """
    operation = unit.target.operation
    if operation is None or not operation.alike or not len(unit.inputs) == len(unit.sources) == 2:
        return None
    pairs = zip(unit.sources, unit.inputs, strict=True)
    named = [(reference(frame, port), item) for port, item in pairs]
    first, second = sorted(reversed(named), key=lambda item: item[0] != "input")
    for (name, own), (other, wanted) in ((first, second), (second, first)):
        channels = f"{other}.channels" if frame.depth and other.isidentifier() else None
        layer = (
            None if own is None or wanted is None else _layer(frame, name, own, wanted, channels)
        )
        if layer is not None:
            is_cat = operation.adds and "stride" not in layer
            text = f"project `{name}` with `{layer}`" + (", or use `cat`" if is_cat else "")
            if frame.depth and "stride" in layer:
                return Remedy(text, *_projected(unit, name, layer))
            return Projection(text, name, layer)
    return None


def _projected(unit: Unit, name: str, layer: str) -> tuple[tuple[Change, ...], ...]:
    """Write a layer above another one, and let that read it."""
    reads, projection = unit.layer.references, f"{name.replace('.', '_')}_projection"
    if reads is None or name not in reads:
        return ()
    items = [projection if item == name else item for item in reads]
    return ((Above(projection, layer), Entry("from", f"[{', '.join(items)}]")),)


def reference(frame: Frame, port: Port) -> str:
    """Write a value as `from` names it."""
    node = next((node for node in frame.values.nodes if node.name == port.name), None)
    several = node is not None and len(node.outputs) > 1
    return f"{port.name}.{port.index}" if several else port.name


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
