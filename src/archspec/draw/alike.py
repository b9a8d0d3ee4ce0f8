"""When two layers look the same, so that one picture of them is enough."""

from archspec.graph import Call, Leaf, Module, Node


def alike(one: Node, other: Node, *, sized: bool = True) -> bool:
    """Say whether two layers would be drawn the same, names that are numbers aside.

    Without `sized` their arguments and shapes may differ, and their structure may not.
    """
    if shown_name(one) != shown_name(other) or (sized and one.outputs != other.outputs):
        return False
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return _same_operation(one, other, sized)
    if isinstance(one, Call) and isinstance(other, Call):
        return alike_modules(one.module, other.module, sized=sized)
    return False


def alike_modules(one: Module, other: Module, *, sized: bool = True) -> bool:
    """Say whether two bodies hold the same layers, connected in the same way."""
    if one is other:
        return True
    if (one.kind, one.name, one.results) != (other.kind, other.name, other.results):
        return False
    if _wiring(one) != _wiring(other):
        return False
    pairs = zip(one.nodes, other.nodes, strict=True)
    return all(alike(left, right, sized=sized) for left, right in pairs)


def shown_name(node: Node) -> str:
    """Give a layer's name unless it is only its number in a list or a chain."""
    return "" if node.name.isdigit() else node.name


def _same_operation(one: Leaf, other: Leaf, sized: bool) -> bool:
    if sized:
        return one.operation == other.operation
    return type(one.operation) is type(other.operation)


def _wiring(module: Module) -> list[tuple[object, ...]]:
    return [(node.name, node.count, node.reads) for node in module.nodes]
