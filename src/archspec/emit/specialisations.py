"""Which modules one class has to say: every use of a block, and of a group with joins."""

from collections.abc import Iterable
from dataclasses import dataclass

from archspec.diagnostics import Path
from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port
from archspec.ops import ModuleOperation

Key = tuple[Kind, Path, str]


@dataclass(frozen=True, slots=True)
class Uses:
    """Every specialisation, callees before their callers, and by block or group the built ones.

    Those of repetitions that other values would make are among them. A block that is called again
    for other shapes is traced, and not built a second time.
    """

    traced: tuple[tuple[Module, ...], ...]
    built: dict[Key, list[Module]]


def gather(network: Network) -> Uses:
    """Gather the specialisations of a network."""
    order: dict[int, Module] = {}
    _visit(network.model, order, again=True)
    built: dict[int, Module] = {}
    _visit(network.model, built, again=False)
    groups: dict[Key, list[Module]] = {}
    levels = _levels(built.values())
    heights: dict[Key, int] = {}
    for module in built.values():
        if is_class(module):
            key = (module.kind, module.path, module.space)
            groups.setdefault(key, []).append(module)
            heights[key] = max(heights.get(key, 0), levels[id(module)])
    sorted_groups = {key: groups[key] for key in sorted(groups, key=lambda key: heights[key])}
    return Uses(_by_height(order.values()), sorted_groups)


def _by_height(modules: Iterable[Module]) -> tuple[tuple[Module, ...], ...]:
    """Gather all uses of each class, those that are called before those that call them."""
    known = list(modules)
    levels = _levels(known, again=True)
    groups: dict[Key, list[Module]] = {}
    for module in known:
        if is_class(module):
            groups.setdefault((module.kind, module.path, module.space), []).append(module)
    heights = {key: max(levels[id(m)] for m in found) for key, found in groups.items()}
    return tuple(tuple(groups[key]) for key in sorted(groups, key=lambda key: heights[key]))


def _levels(modules: Iterable[Module], *, again: bool = False) -> dict[int, int]:
    """Say of every module how many others stand in each other in it; callees come first."""
    found: dict[int, int] = {}
    for module in modules:
        held = (node for node in _held(module) if isinstance(node, Call))
        calls = [node for node in held if again or node.again is None]
        found[id(module)] = 1 + max((found[id(call.module)] for call in calls), default=0)
    return found


def _held(module: Module) -> tuple[Node, ...]:
    return (*nodes_of(module), *(splice.call for splice in module.splices))


def _visit(module: Module, found: dict[int, Module], *, again: bool) -> None:
    if id(module) in found:
        return
    for node in _held(module):
        if isinstance(node, Call) and (again or node.again is None):
            _visit(node.module, found, again=again)
    found[id(module)] = module


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
    if len(module.inputs) != 1 or len(module.results) != 1 or module.order:
        return False
    if module.packing != "one" or module.dropped:
        return False
    above = next(iter(module.inputs))
    for node in module.nodes:
        if not is_module(node) or node.reads != (Port(above),):
            return False
        above = node.name
    return module.results == (Port(above),)


def is_module(node: Node) -> bool:
    """Say whether a layer is a module that takes one value and gives one."""
    if node.again is not None or len(node.inputs) != 1 or len(node.outputs) != 1:
        return False
    if isinstance(node, Leaf):
        return isinstance(node.operation, ModuleOperation) and not node.operation.called_oddly()
    assert isinstance(node, Call)
    if node.module.packing != "one":
        return False
    return node.module.kind is not Kind.CHAIN or is_row(node.module)


def is_row(chain: Module) -> bool:
    """Say whether repetitions follow each other as modules, so that `nn.Sequential` holds them."""
    return len(chain.inputs) == 1 and not chain.taps and all(map(is_module, nodes_of(chain)))
