"""Find the layer that merged the batch with other dimensions, on which later ones fail."""

from archspec.diagnostics import Entry, Place, Remedy, SymbolicValue
from archspec.dimensions import symbol
from archspec.elaborate.frames import Frame, Unit
from archspec.graph import Leaf, Node, Port


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
