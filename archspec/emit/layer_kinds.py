"""What kind of thing a layer is: a module, a tensor, a function, or an earlier layer again."""

from archspec.emit.slots import Slot
from archspec.emit.written import Call
from archspec.graph import Kind, Leaf, Node
from archspec.operations import FunctionOperation, ValueOperation


def is_again(slot: Slot) -> bool:
    """Say whether a layer is an earlier one, called again."""
    return any(use.node.again is not None for use in slot.uses)


def is_value(slot: Slot) -> bool:
    """Say whether a layer is a tensor of the module."""
    return any(is_value_node(use.node) for use in slot.uses)


def is_value_node(node: Node) -> bool:
    """Say whether a layer is a tensor of the module."""
    return isinstance(node, Leaf) and isinstance(node.operation, ValueOperation)


def is_function(slot: Slot) -> bool:
    """Say whether a layer is an operation that PyTorch has as a function only."""
    return any(is_function_node(use.node) for use in slot.uses)


def is_function_node(node: Node) -> bool:
    """Say whether a layer, or each of its repetitions, is no module of PyTorch."""
    if isinstance(node, Call) and node.module.kind is Kind.CHAIN:
        return any(is_function_node(item) for item in node.module.nodes)
    return isinstance(node, Leaf) and isinstance(node.operation, FunctionOperation)
