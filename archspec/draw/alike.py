"""When two layers look the same, so that one picture of them is enough."""

from archspec.graph import Call, Leaf, Module, Node

_DIGITS = "0123456789"


def alike(one: Node, other: Node, *, sized: bool = True) -> bool:
    """Say whether two layers would be drawn the same, names that are numbers aside.

    Without `sized` their arguments and shapes may differ, and their structure may not.
    """
    if shown_name(one) != shown_name(other) or (sized and one.outputs != other.outputs):
        return False
    if (one.again, one.trainable) != (other.again, other.trainable):
        return False
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return _same_operation(one, other, sized)
    if isinstance(one, Call) and isinstance(other, Call):
        return alike_modules(one.module, other.module, sized=sized)
    return False


def repeats(one: Node, other: Node) -> bool:
    """Say whether two are repetitions of one layer that differ in arguments, and in no shape."""
    if not isinstance(one, Call) or not isinstance(other, Call) or one.path != other.path:
        return False
    if (one.inputs, one.outputs) != (other.inputs, other.outputs):
        return False
    unnamed = shown_name(one) == shown_name(other) == ""
    return unnamed and alike_modules(one.module, other.module, sized=False)


def in_series(one: Node, other: Node) -> bool:
    """Say whether two calls of equal bodies are numbered on, as `block0` and `block1` are."""
    if not isinstance(one, Call) or not isinstance(other, Call) or one.outputs != other.outputs:
        return False
    if (one.again, one.trainable) != (other.again, other.trainable):
        return False
    stem = one.name.rstrip(_DIGITS)
    numbered = stem not in ("", one.name) and stem == other.name.rstrip(_DIGITS) != other.name
    return numbered and alike_modules(one.module, other.module)


def series_name(first: str, last: str) -> str:
    """Name layers from the first to the last.

    >>> series_name("block0", "block11"), series_name("block", "block")
    ('block0…11', 'block')
    """
    if first == last or last.isdigit():
        return first
    return f"{first}…{last.removeprefix(last.rstrip(_DIGITS))}"


def alike_modules(one: Module, other: Module, *, sized: bool = True) -> bool:
    """Say whether two bodies hold the same layers, connected in the same way."""
    if one is other:
        return True
    if (one.kind, one.name, one.results) != (other.kind, other.name, other.results):
        return False
    if (one.labels, one.training) != (other.labels, other.training):
        return False
    if _wiring(one) != _wiring(other):
        return False
    pairs = zip(one.nodes, other.nodes, strict=True)
    return all(alike(left, right, sized=sized) for left, right in pairs)


def shown_name(node: Node) -> str:
    """Give a layer's name unless it is only its number in a list or a chain."""
    return "" if node.name.isdigit() else node.name


def _same_operation(one: Leaf, other: Leaf, sized: bool) -> bool:
    if one.tie != other.tie:
        return False
    if sized:
        return one.operation == other.operation
    return type(one.operation) is type(other.operation)


def _wiring(module: Module) -> list[tuple[object, ...]]:
    return [(node.name, node.count, node.reads) for node in module.nodes]
