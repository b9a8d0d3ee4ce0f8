"""Find the layer inside a block that makes the value that the block gives."""

from archspec.elaborate.frames import Frame
from archspec.elaborate.projection import reference
from archspec.elaborate.report import Made
from archspec.graph import Call, Kind, Node, Port


def makers(frame: Frame, ports: tuple[Port, ...]) -> tuple[Made, ...]:
    """Say of each value that a block gives which layer in that makes it."""
    nodes = {node.name: node for node in frame.values.nodes}
    found = []
    for port in dict.fromkeys(ports):
        node = nodes.get(port.name)
        if isinstance(node, Call):
            inner, block = _maker(node, port.index)
            if inner is not node and block:
                shape = str(node.outputs[port.index])
                found.append(Made(reference(frame, port), shape, inner.path, block))
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
