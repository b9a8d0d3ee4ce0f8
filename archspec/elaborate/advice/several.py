"""What a layer may read that takes one value, where it is given several."""

from archspec.diagnostics import Above, Change, Entry, Remedy
from archspec.document import listed
from archspec.elaborate.advice.sources import reference
from archspec.elaborate.state import Frame, Unit
from archspec.graph import Leaf
from archspec.sizes import Tensor

_MOST_LISTED = 6


def one_value(frame: Frame, unit: Unit) -> Remedy:
    """Name the values of one layer of which one may be read, or say how several are joined."""
    return one_of_several(frame, unit) or _joined(frame, unit)


def one_of_several(frame: Frame, unit: Unit) -> Remedy | None:
    """Name the values of a layer that is read as a whole and gives several; `None` without one."""
    whole = unit.layer.references or tuple(dict.fromkeys(port.name for port in unit.sources))
    gives = frame.values.gives
    name = next((name for name in whole if name in gives and len(gives[name].ports) > 1), None)
    if name is None or (gives[name].repeated and not gives[name].labels):
        return None
    parts = _parts_of(frame, unit, name)
    if not parts:
        return None
    ways = (_reading(whole, name, part) for part in parts[:_MOST_LISTED])
    results = _results(frame, name) if len(parts) == len(gives[name].ports) else ()
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
    node = frame.values.node(name)
    return getattr(node.operation, "results", ()) if isinstance(node, Leaf) else ()


def _parts(parts: list[str], results: tuple[str, ...]) -> str:
    if len(results) < len(parts):
        few = len(parts) <= _MOST_LISTED
        if len(parts) == 1:
            return f"read `{parts[0]}`"
        names = listed(parts, "or") if few else f"`{parts[0]}` to `{parts[-1]}`"
        return f"read one of its values: {names}"
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
    joins = ["{{op: add, {}}}"] if len(set(shapes)) == 1 else []
    around = {(*shape[:1], *shape[2:]) for shape in shapes}
    return [*joins, "{{op: cat, {}, dim: 1}}"] if len(around) == 1 and len(shapes[0]) > 1 else joins
