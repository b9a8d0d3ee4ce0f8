"""Which modules one class has to say: every use of a block, and of a group with joins."""

from dataclasses import dataclass, field

from archspec.diagnostics import Path
from archspec.graph import Call, Kind, Leaf, Module, Network, Node
from archspec.ops import ModuleOperation

Key = tuple[Kind, Path]


@dataclass(slots=True)
class Uses:
    """All modules that become classes, by block or group, callees before their callers."""

    modules: dict[Key, list[Module]] = field(default_factory=dict)
    _seen: set[int] = field(default_factory=set)


def gather(network: Network) -> dict[Key, list[Module]]:
    """Gather every specialisation, with those of repetitions that other values would make."""
    uses = Uses()
    _visit(network.model, uses)
    return uses.modules


def _visit(module: Module, uses: Uses) -> None:
    if id(module) in uses._seen:
        return
    uses._seen.add(id(module))
    for node in nodes_of(module):
        if isinstance(node, Call):
            _visit(node.module, uses)
    for splice in module.splices:
        _visit(splice.call.module, uses)
    if is_class(module):
        uses.modules.setdefault((module.kind, module.path), []).append(module)


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
