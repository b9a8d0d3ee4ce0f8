"""Which modules one class has to say: every use of a block, and of a group with joins."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from archspec.diagnostics import Path
from archspec.emit.written import Call, Module, Network
from archspec.graph import Kind, Leaf, Node, Port
from archspec.operations import ModuleOperation

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
    every: dict[int, Module] = {}
    _visit(network.model, every, again=True)
    built: dict[int, Module] = {}
    _visit(network.model, built, again=False)
    traced = _by_key(every.values())
    order = _sorted(traced)
    groups = _by_key(built.values())
    return Uses(
        tuple(tuple(traced[key]) for key in order),
        {key: groups[key] for key in order if key in groups},
    )


def _by_key(modules: Iterable[Module]) -> dict[Key, list[Module]]:
    groups: dict[Key, list[Module]] = {}
    for module in modules:
        if is_class(module):
            groups.setdefault(_key(module), []).append(module)
    return groups


def _key(module: Module) -> Key:
    return (module.kind, module.path, module.space)


def _sorted(groups: Mapping[Key, list[Module]]) -> list[Key]:
    """Order classes so that those that are called come before those that call them."""
    found: dict[Key, None] = {}

    def visit(key: Key) -> None:
        if key not in found:
            for module in groups[key]:
                for inner in _classes_in(module):
                    visit(_key(inner))
            found[key] = None

    for key in groups:
        visit(key)
    return list(found)


def _classes_in(module: Module) -> Iterator[Module]:
    """Give the modules that are written as classes and called in one, also in rows and groups."""
    for node in _held(module):
        if isinstance(node, Call):
            if is_class(node.module):
                yield node.module
            yield from () if node.module.kind is Kind.BLOCK else _classes_in(node.module)


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
