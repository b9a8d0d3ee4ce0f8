"""Which modules one class has to say: every use of a block, and of a group with joins."""

from archspec.diagnostics import Path
from archspec.graph import Call, Kind, Leaf, Module, Network, Node
from archspec.ops import ModuleOperation

Key = tuple[Kind, Path]


def gather(network: Network) -> dict[Key, list[Module]]:
    """Gather every specialisation, callees before their callers, by block or group.

    Those of repetitions that other values would make are among them.
    """
    found: dict[Key, list[Module]] = {}
    _visit(network.model, found, set())
    return found


def _visit(module: Module, found: dict[Key, list[Module]], seen: set[int]) -> None:
    if id(module) in seen:
        return
    seen.add(id(module))
    for node in (*nodes_of(module), *(splice.call for splice in module.splices)):
        if isinstance(node, Call):
            _visit(node.module, found, seen)
    if is_class(module):
        found.setdefault((module.kind, module.path), []).append(module)


def nodes_of(module: Module) -> tuple[Node, ...]:
    """Give the nodes of a module, and the one that stands for a further repetition."""
    return module.nodes if module.further is None else (*module.nodes, module.further)


def is_class(module: Module) -> bool:
    """Say whether a module is written as a class, not in its place."""
    if module.kind is Kind.CHAIN:
        return False
    lets = module.definition is not None and bool(module.definition.let)
    return module.kind is not Kind.GROUP or lets or not is_sequence(module)


def is_sequence(module: Module) -> bool:
    """Say whether each layer reads the one above it and is a module: `nn.Sequential` says it."""
    if len(module.inputs) != 1:
        return False
    above = next(iter(module.inputs))
    for node in module.nodes:
        callable_module = isinstance(node, Call) or (
            isinstance(node, Leaf) and isinstance(node.operation, ModuleOperation)
        )
        if not callable_module or [port.name for port in node.reads] != [above]:
            return False
        above = node.name
    return [port.name for port in module.results] == [above]
