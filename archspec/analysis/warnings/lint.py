"""All rules, over every network that a spec is built as."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from archspec.analysis.warnings.batch_mixed import batch_mixed
from archspec.analysis.warnings.forgotten_flatten import forgotten_flatten
from archspec.analysis.warnings.norms import bias_before_norm, single_value_norm
from archspec.analysis.warnings.residual import Judged, activated_branch, at, needless_projection
from archspec.analysis.warnings.windows import dropped_pixels, even_same_kernel
from archspec.diagnostics import Path, Place, Problem, Remedy, SameVariant, Without
from archspec.document import texts
from archspec.graph import Call, Kind, Leaf, Module, Network, Node

# Variants that build the same network.

_WORD = re.compile(r"[A-Za-z_]\w*")

Known = dict[tuple[int, int], bool]


def same_variants(networks: Mapping[str, Network]) -> Iterator[Problem]:
    """Find the variants that build what one before them builds."""
    firsts: dict[str, Network] = {}
    for name, network in networks.items():
        before = next((other for other in firsts if same_network(firsts[other], network)), None)
        if before is None:
            firsts[name] = network
        else:
            yield _finding(name, before)


def _finding(name: str, before: str) -> Problem:
    problem = SameVariant(
        f"the variant `{name}` builds the same network as `{before}`",
        help=Remedy(
            f"leave out one of them, or give `{name}` the parameter that makes it different",
            Without(),
        ),
    )
    first = Place(("variants", before), key=True)
    place = Place(("variants", name), key=True)
    return problem.at(place, ((first, "builds the same"),))


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


Rule = Callable[[Module], Iterator[Judged]]

RULES: tuple[Rule, ...] = (
    activated_branch,
    bias_before_norm,
    dropped_pixels,
    even_same_kernel,
    needless_projection,
    single_value_norm,
)

WHOLE: tuple[Callable[[Network], Iterator[Judged]], ...] = (batch_mixed, forgotten_flatten)
"""The rules that look at more than one body at a time."""


def lint(network: Network, variants: Mapping[str, Network]) -> Iterator[Problem]:
    """Tell what is probably wrong with a network, and with the variants of its spec.

    A layer is told of once, and where that is what the rule asks for only if it is wrong in every
    place of a network in which its block is used.
    """
    known: set[tuple[type[Problem], Place | None]] = set()
    for finding in chain(_found(network), *map(_found_in, variants.items())):
        key = (type(finding), finding.place)
        if key not in known:
            known.add(key)
            yield finding
    yield from same_variants(variants)


def _found(network: Network) -> Iterator[Problem]:
    modules = network.modules()
    for rule in RULES:
        judged = [item for module in modules for item in rule(module)]
        yield from _agreed(judged, modules)
    for whole in WHOLE:
        yield from _agreed(list(whole(network)), modules)


def _found_in(variant: tuple[str, Network]) -> Iterator[Problem]:
    """Look into a variant, and say of what is wrong there that it is."""
    name, network = variant
    for finding in _found(network):
        finding.notes += (f"so it is in the variant `{name}`",)
        yield finding


def _agreed(judged: Sequence[Judged], modules: Sequence[Module]) -> Iterator[Problem]:
    """Keep what is said of every node that stands for a layer of the document, or needs no more."""
    if not judged:
        return
    told = {id(item.decides) for item in judged}
    fine = {path for node, path in _layers(modules) if node not in told}
    first: dict[Path, Judged] = {}
    for item in judged:
        first.setdefault(item.node.path, item)
    for item in first.values():
        if item.anywhere or item.decides.path not in fine:
            yield item.problem.at(at(item.node), item.related)


def _layers(modules: Sequence[Module]) -> Iterator[tuple[int, Path]]:
    """Give the identity and the path of each node; a chain has the path of what it repeats."""
    for module in modules:
        for node in module.nodes:
            if not isinstance(node, Call) or node.module.kind is not Kind.CHAIN:
                yield id(node), node.path
