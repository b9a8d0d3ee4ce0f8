"""Say what a parameter brings whose value is a layer: `nn.ReLU`, or a function that makes one."""

from collections.abc import Iterator

from archspec.elaborate import LayerValue
from archspec.emit.code import literal
from archspec.emit.slots import CannotSay, Use, leaf_of
from archspec.emit.specialisations import nodes_of
from archspec.emit.written import Call, Module
from archspec.graph import Kind, Leaf, Node
from archspec.operations import ModuleOperation


def layer_of(module: Module, name: str) -> str:
    """Write how a layer parameter's value is constructed."""
    node = next(_readers(module, name), None)
    if not isinstance(node, Leaf):
        raise CannotSay(f"the layer `{name}` is no operation")
    return layer_text(node)


def layer_text(node: Leaf) -> str:
    """Write what constructs a layer that a parameter brings: `nn.ReLU`, or a function."""
    values = {name: node.given[name] for name in node.given if name not in node.origin.arguments}
    operation = node.operation
    if not isinstance(operation, ModuleOperation) or operation.called_oddly():
        raise CannotSay("what is no module is passed as a layer")
    if operation.definition() or operation.choosing & values.keys() or len(node.inferred) > 1:
        raise CannotSay("a layer that is constructed in a way of its own is passed")
    if not values and not operation.always:
        return operation.constructor()
    names = ", ".join(node.inferred)
    extra = [
        *((name, literal(value)) for name, value in values.items()),
        *operation.always.items(),
    ]
    items = [*node.inferred, *(f"{name}={text}" for name, text in extra)]
    return f"lambda{f' {names}' if names else ''}: {operation.constructor()}({', '.join(items)})"


def _readers(module: Module, parameter: str) -> Iterator[Node]:
    """Give the layers that are what a layer parameter brings, also in groups and repetitions."""
    for node in nodes_of(module):
        if node.origin.parameter == parameter:
            yield node
        elif isinstance(node, Call) and node.module.kind in (Kind.GROUP, Kind.CHAIN):
            yield from _readers(node.module, parameter)


def brought(use: Use) -> list[str]:
    """Name the arguments that a layer has not from its own keys, but from a parameter."""
    return [name for name in leaf_of(use).given if name not in use.node.origin.arguments]


def brought_by_value(use: Use) -> frozenset[str]:
    """Name the arguments that the value of a layer parameter brings."""
    value = use.context.module.scope.get(use.node.origin.parameter or "")
    return frozenset(value.layer.arguments) if isinstance(value, LayerValue) else frozenset()


def differ(uses: tuple[Use, ...]) -> bool:
    """Say whether uses of a layer parameter bring arguments of their own that differ."""
    found = {literal([(name, leaf_of(use).given[name]) for name in brought(use)]) for use in uses}
    return len(found) != 1
