"""Say what layer would help where values do not fit, and who made them."""

from archspec.diagnostics import (
    Above,
    Change,
    Entry,
    Maker,
    Place,
    Problem,
    Projection,
    Remedy,
    SymbolicValue,
)
from archspec.document import listed
from archspec.elaborate.frames import Building, Frame, Unit, unit_of
from archspec.elaborate.namespace import Given
from archspec.expressions import Poisoned
from archspec.graph import Call, Kind, Leaf, Node, Port
from archspec.sizes import Size, symbol
from archspec.sizes.tensors import Tensor

# Say which layer would let values be joined whose shapes differ.

_MOST_STRIDE = 8


def projection(builder: Building, frame: Frame, unit: Unit) -> str | None:
    """Say what lets two values be joined that are to have one shape.

    A branch may have been meant to read the input of the body. Else a convolution gives one of two
    maps the shape of the other. The input of the body, which a shortcut takes along, is projected
    before any other value, and only that is certain: on the main path something else is wrong. In a
    block its channels are said by the other value, so that they hold in every use of the block; a
    stride holds in this use alone, and is not certain.
    """
    operation = unit.target.operation
    if operation is None or not operation.alike or not len(unit.inputs) == len(unit.sources) == 2:
        return None
    return _forgotten(builder, frame, unit) or _projected(frame, unit)


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


def _forgotten(builder: Building, frame: Frame, unit: Unit) -> str | None:
    """Say which layer would give the right shape, if it read the input and not the one above."""
    pairs = tuple(zip(unit.sources, unit.inputs, strict=True))
    for (port, _), (other, wanted) in (pairs, pairs[::-1]):
        branch = _branch(frame, port, other)
        for name, tensor in frame.values.inputs.items() if branch and wanted else ():
            if tensor is not None and _again(builder, frame, branch, tensor) == wanted:
                text = f"`{branch[0].name}` reads `{reference(frame, other)}`, the layer above it"
                return f"{text}, and may want `from: {name}`"
    return None


def _branch(frame: Frame, port: Port, above: Port) -> list[Node]:
    """List the layers that lead from one value to another, each without a `from` of its own."""
    nodes = {node.name: node for node in frame.values.nodes}
    branch: list[Node] = []
    while port != above:
        node = nodes.get(port.name)
        layer = node.origin.layer if node is not None else None
        if node is None or layer is None or layer.reads is not None or layer.repeat is not None:
            return []
        if len(node.reads) != 1 or len(node.outputs) != 1:
            return []
        branch, port = [node, *branch], node.reads[0]
    return branch


def _again(builder: Building, frame: Frame, branch: list[Node], tensor: Tensor) -> Tensor | None:
    """Say what layers would give of another tensor; `None` where they cannot read it."""
    quiet = builder.quiet()
    for node in branch:
        assert node.origin.layer is not None
        given = [Given(node.reads[0], tensor)]
        try:
            unit = unit_of(quiet, frame, node.origin.layer, node.name, node.path, node.reads, given)
            built = quiet.unit(frame, unit)
        except (Problem, Poisoned):
            return None
        if built is None:
            return None
        tensor = built.outputs[0]
    return tensor


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


# Find the layer inside a block that makes the value that the block gives.


def makers(frame: Frame, ports: tuple[Port, ...]) -> tuple[Maker, ...]:
    """Say of each value that a block gives which layer in that makes it."""
    nodes = {node.name: node for node in frame.values.nodes}
    found = []
    for port in dict.fromkeys(ports):
        node = nodes.get(port.name)
        if isinstance(node, Call):
            inner, block = _maker(node, port.index)
            if inner is not node and block:
                shape = str(node.outputs[port.index])
                found.append(Maker(reference(frame, port), shape, inner.path, block))
    return tuple(found)


def _maker(node: Node, index: int) -> tuple[Node, str]:
    """Follow a value into the bodies that give it; name the innermost block on the way."""
    block = ""
    while isinstance(node, Call):
        port = node.module.results[index]
        inner = node.module.by_name.get(port.name)
        if inner is None:  # the body gives what it receives
            break
        block = node.module.name if node.module.kind is Kind.BLOCK else block
        node, index = inner, port.index
    return node, block


# Find the layer that merged the batch with other dimensions, on which later ones fail.


def without_batch(
    frame: Frame, unit: Unit, batch: str
) -> tuple[SymbolicValue, Place, tuple[tuple[Place, str], ...]] | None:
    """Tell of the layer above that merged the batch, if that may be why another one fails."""
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
        if isinstance(node, Leaf) and _has_batch(node, batch) and not _gives_batch(node, batch):
            return node
        waiting += [port.name for port in node.reads]
    return None


def _has_batch(node: Node, batch: str) -> bool:
    return any(tensor.rank and tensor.batch == symbol(batch) for tensor in node.inputs)


def _gives_batch(node: Node, batch: str) -> bool:
    return any(tensor.rank and tensor.batch == symbol(batch) for tensor in node.outputs)


# Say what a layer may read that takes one value, where it was given several.

_MOST_LISTED = 6


def one_value(frame: Frame, unit: Unit) -> Remedy:
    """Name the values of one layer of which one may be read, or say how several are joined."""
    return one_of_several(frame, unit) or _joined(frame, unit)


def one_of_several(frame: Frame, unit: Unit) -> Remedy | None:
    """Name the values of a layer that is read as a whole and gives several; `None` without one."""
    whole = unit.layer.references or tuple(dict.fromkeys(port.name for port in unit.sources))
    known = frame.values.gives
    name = next((name for name in whole if name in known and len(known[name].ports) > 1), None)
    if name is None or (known[name].repeated and not known[name].labels):
        return None
    parts = _parts_of(frame, unit, name)
    if not parts:
        return None
    ways = (_reading(whole, name, part) for part in parts[:_MOST_LISTED])
    results = _results(frame, name) if len(parts) == len(known[name].ports) else ()
    return Remedy(_parts(parts, results), *ways)


def _parts_of(frame: Frame, unit: Unit, name: str) -> list[str]:
    """List the values of a layer; where a layer joins any number of them, those that fit."""
    gives = frame.values.gives[name]
    tensors = [frame.values.read(port).tensor for port in gives.ports]
    pairs = zip(gives.labels or range(len(gives.ports)), tensors, strict=True)
    is_free = not joins_any(unit)
    return [f"{name}.{label}" for label, item in pairs if is_free or _is_alike(item, unit, name)]


def _is_alike(tensor: Tensor | None, unit: Unit, name: str) -> bool:
    """Say whether a value has the shape of all others that a layer reads."""
    pairs = zip(unit.sources, unit.inputs, strict=True)
    shapes = {item.shape for port, item in pairs if port.name != name and item is not None}
    return tensor is not None and shapes <= {tensor.shape}


def joins_any(unit: Unit) -> bool:
    """Say whether a layer takes any number of values, so that one too many is no wrong number."""
    operation = unit.target.operation
    return operation is not None and (operation.alike or operation.arity[1] is None)


def _results(frame: Frame, name: str) -> tuple[str, ...]:
    """Give what the values of an operation are called in PyTorch's documentation."""
    node = next((node for node in frame.values.nodes if node.name == name), None)
    return getattr(node.operation, "results", ()) if isinstance(node, Leaf) else ()


def _parts(parts: list[str], results: tuple[str, ...]) -> str:
    if len(results) < len(parts):
        few = len(parts) <= _MOST_LISTED
        if len(parts) == 1:
            return f"read `{parts[0]}`"
        known = listed(parts, "or") if few else f"`{parts[0]}` to `{parts[-1]}`"
        return f"read one of its values: {known}"
    first, *others = zip(parts, results, strict=False)
    rest = " and ".join(f"`{part}` is `{result}`" for part, result in others)
    return f"read `{first[0]}`, which is `{first[1]}`; {rest}"


def _reading(whole: tuple[str, ...], name: str, part: str) -> Entry:
    """Write what a layer reads, with a part in the place of the whole."""
    items = [_written(part if item == name else item) for item in whole]
    return Entry("from", items[0] if len(items) == 1 else f"[{', '.join(items)}]")


def _written(reference: str) -> str:
    """Write a reference as YAML reads it: `0.1` alone is a number."""
    return f'"{reference}"' if reference[:1].isdigit() and "." in reference else reference


def _joined(frame: Frame, unit: Unit) -> Remedy:
    """Say which operation joins values of these shapes, or that one of them is to be chosen."""
    reads = unit.layer.references or tuple(reference(frame, port) for port in unit.sources)
    written = f"from: [{', '.join(map(_written, reads))}]"
    layers = [layer.format(written) for layer in _joins(unit.inputs)]
    if not layers:
        names = list(dict.fromkeys(reads))[:_MOST_LISTED]
        one = f"their shapes cannot be joined: read one of them, {listed(names, 'or')}"
        return Remedy(one, *(Entry("from", _written(name)) for name in names))
    name = f"{unit.name}_input"
    ways: list[tuple[Change, ...]] = [(Above(name, layer), Entry("from", name)) for layer in layers]
    operations = " or ".join(f"`{layer}`" for layer in layers)
    return Remedy(f"join them before, with {operations}", *ways)


def _joins(inputs: tuple[Tensor | None, ...]) -> list[str]:
    shapes = [tensor.shape for tensor in inputs if tensor is not None]
    if len(shapes) < len(inputs) or len({len(shape) for shape in shapes}) > 1:
        return []
    found = ["{{op: add, {}}}"] if len(set(shapes)) == 1 else []
    around = {(*shape[:1], *shape[2:]) for shape in shapes}
    return [*found, "{{op: cat, {}, dim: 1}}"] if len(around) == 1 and len(shapes[0]) > 1 else found
