"""Variants that build the same network."""

import re
from collections.abc import Iterator, Mapping

from archspec.diagnostics import Place, Remedy, SameVariant, Without
from archspec.elaborate import Finding
from archspec.graph import Call, Leaf, Module, Network, Node
from archspec.spec import texts

_WORD = re.compile(r"[A-Za-z_]\w*")

Known = dict[tuple[int, int], bool]


def same_variants(networks: Mapping[str, Network]) -> Iterator[Finding]:
    """Find the variants that build what one before them builds."""
    firsts: dict[str, Network] = {}
    for name, network in networks.items():
        before = next((other for other in firsts if same_network(firsts[other], network)), None)
        if before is None:
            firsts[name] = network
        else:
            yield _finding(name, before)


def _finding(name: str, before: str) -> Finding:
    problem = SameVariant(
        f"the variant `{name}` builds the same network as `{before}`",
        help=Remedy(
            f"leave out one of them, or give `{name}` the parameter that makes it different",
            Without(),
        ),
    )
    first = Place(("variants", before), key=True)
    place = Place(("variants", name), key=True)
    return Finding(problem, place, ((first, "builds the same"),))


def same_network(one: Network, other: Network) -> bool:
    """Say whether two networks of one spec are the same, by layer, wiring and first weights."""
    return _same(one.model, other.model, {}) and not _starts_differently(one, other)


def _starts_differently(one: Network, other: Network) -> bool:
    """Say whether rules for initial weights may read what differs between two networks."""
    if one.spec is None or one.parameters == other.parameters:
        return False
    rules = [node.origin.init for module in one.modules() for node in module.nodes]
    words = set(_WORD.findall(" ".join(texts([one.spec.init, rules]))))
    return any(words & module.scope.keys() for module in one.modules())


def _same(one: Module, other: Module, known: Known) -> bool:
    key = (id(one), id(other))
    if key not in known:
        known[key] = _frame(one) == _frame(other) and _same_nodes(one, other, known)
    return known[key]


def _same_nodes(one: Module, other: Module, known: Known) -> bool:
    pairs = zip(one.nodes, other.nodes, strict=True)
    return all(_same_node(a, b, known) for a, b in pairs)


def _same_node(one: Node, other: Node, known: Known) -> bool:
    if _wiring(one) != _wiring(other):
        return False
    if isinstance(one, Call) and isinstance(other, Call):
        return _same(one.module, other.module, known)
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return one.operation == other.operation and one.tie == other.tie
    return False


def _frame(module: Module) -> object:
    gives = (module.results, module.packing, module.labels, module.training)
    return len(module.nodes), list(module.inputs.items()), gives, module.order


def _wiring(node: Node) -> object:
    says = (node.again, node.trainable, node.origin.init)
    return node.name, node.count, node.reads, node.inputs, says
