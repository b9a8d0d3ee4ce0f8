"""All rules over every network that a spec builds, and variants that build the same network."""

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from archspec.analysis.warnings.dimensions import batch_mixed, forgotten_flatten
from archspec.analysis.warnings.judged import Judged, at
from archspec.analysis.warnings.norms_and_windows import (
    bias_before_norm,
    dropout_before_norm,
    dropped_pixels,
    even_same_kernel,
    single_value_norm,
)
from archspec.analysis.warnings.residual_blocks import activated_branch, needless_projection
from archspec.diagnostics import Path, Place, Problem, Remedy, SameVariant, Without
from archspec.document import texts
from archspec.graph import Call, Kind, Leaf, Module, Network, Node

_WORD = re.compile(r"[A-Za-z_]\w*")

Rule = Callable[[Module], Iterator[Judged]]

RULES: tuple[Rule, ...] = (
    activated_branch,
    bias_before_norm,
    dropout_before_norm,
    dropped_pixels,
    even_same_kernel,
    needless_projection,
    single_value_norm,
)

WHOLE: tuple[Callable[[Network], Iterator[Judged]], ...] = (batch_mixed, forgotten_flatten)
"""The rules that look at more than one body at a time."""


def lint(network: Network, variants: Mapping[str, Network]) -> Iterator[Problem]:
    """Give a warning for all that is probably wrong with a network and the variants of its spec.

    There is one for a layer, and if the rule says so only where the layer is wrong in every place
    of a network in which its block is used.
    """
    seen: set[tuple[type[Problem], Place | None]] = set()
    for warning in chain(_warnings(network), *map(_warnings_of_variant, variants.items())):
        key = (type(warning), warning.place)
        if key not in seen:
            seen.add(key)
            yield warning
    yield from same_variants(variants)


def _warnings(network: Network) -> Iterator[Problem]:
    modules = network.modules()
    for rule in RULES:
        judged = [item for module in modules for item in rule(module)]
        yield from _agreed(judged, modules)
    for whole in WHOLE:
        yield from _agreed(list(whole(network)), modules)


def _warnings_of_variant(variant: tuple[str, Network]) -> Iterator[Problem]:
    """Look into a variant, and note that what is wrong is wrong there."""
    name, network = variant
    for warning in _warnings(network):
        warning.notes += (f"so it is in the variant `{name}`",)
        yield warning


def _agreed(judged: Sequence[Judged], modules: Sequence[Module]) -> Iterator[Problem]:
    """Keep what holds for every node that stands for a layer of the document, or needs no more."""
    if not judged:
        return
    wrong = {id(item.decides) for item in judged}
    fine = {path for node, path in _layers(modules) if node not in wrong}
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


def same_variants(networks: Mapping[str, Network]) -> Iterator[Problem]:
    """Find the variants that build what one before them builds."""
    firsts: dict[str, Network] = {}
    for name, network in networks.items():
        before = next((other for other in firsts if same_network(firsts[other], network)), None)
        if before is None:
            firsts[name] = network
        else:
            yield _same_variant(name, before)


def _same_variant(name: str, before: str) -> Problem:
    help = f"leave out one of them, or give `{name}` the parameter that makes it different"
    problem = SameVariant(
        f"the variant `{name}` builds the same network as `{before}`", help=Remedy(help, Without())
    )
    first, place = (Place(("variants", variant), key=True) for variant in (before, name))
    return problem.at(place, ((first, "builds the same"),))


Compared = dict[tuple[int, int], bool]
"""Whether two modules are the same, by their identities."""


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


def _same(one: Module, other: Module, compared: Compared) -> bool:
    key = (id(one), id(other))
    if key not in compared:
        compared[key] = _frame(one) == _frame(other) and _same_nodes(one, other, compared)
    return compared[key]


def _same_nodes(one: Module, other: Module, compared: Compared) -> bool:
    pairs = zip(one.nodes, other.nodes, strict=True)
    return all(_same_node(a, b, compared) for a, b in pairs)


def _same_node(one: Node, other: Node, compared: Compared) -> bool:
    if _wiring(one) != _wiring(other):
        return False
    if isinstance(one, Call) and isinstance(other, Call):
        return _same(one.module, other.module, compared)
    if isinstance(one, Leaf) and isinstance(other, Leaf):
        return one.operation == other.operation and one.tie == other.tie
    return False


def _frame(module: Module) -> object:
    gives = (module.results, module.packing, module.labels, module.training)
    return len(module.nodes), list(module.inputs.items()), gives, module.order


def _wiring(node: Node) -> object:
    says = (node.again, node.trainable, node.origin.init)
    return node.name, node.count, node.reads, node.inputs, says
