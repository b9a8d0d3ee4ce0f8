"""All rules, over every network that a spec is built as."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain

from archspec.diagnostics import Path, Place, Problem
from archspec.elaborate import Finding
from archspec.graph import Call, Kind, Module, Network
from archspec.lint.activated_branch import activated_branch
from archspec.lint.batch_mixed import batch_mixed
from archspec.lint.bias_before_norm import bias_before_norm
from archspec.lint.forgotten_flatten import forgotten_flatten
from archspec.lint.judged import Judged, at
from archspec.lint.needless_projection import needless_projection
from archspec.lint.same_variant import same_variants
from archspec.lint.single_value_norm import single_value_norm
from archspec.lint.windows import dropped_pixels, even_same_kernel

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


def lint(network: Network, variants: Mapping[str, Network]) -> Iterator[Finding]:
    """Tell what is probably wrong with a network, and with the variants of its spec.

    A layer is told of once, and where that is what the rule asks for only if it is wrong in every
    place of a network in which its block is used.
    """
    known: set[tuple[type[Problem], Place]] = set()
    for finding in chain(_found(network), *map(_found_in, variants.items())):
        key = (type(finding.problem), finding.place)
        if key not in known:
            known.add(key)
            yield finding
    yield from same_variants(variants)


def _found(network: Network) -> Iterator[Finding]:
    modules = network.modules()
    for rule in RULES:
        judged = [item for module in modules for item in rule(module)]
        yield from _agreed(judged, modules)
    for whole in WHOLE:
        yield from _agreed(list(whole(network)), modules)


def _found_in(variant: tuple[str, Network]) -> Iterator[Finding]:
    """Look into a variant, and say of what is wrong there that it is."""
    name, network = variant
    for finding in _found(network):
        finding.problem.notes += (f"so it is in the variant `{name}`",)
        yield finding


def _agreed(judged: Sequence[Judged], modules: Sequence[Module]) -> Iterator[Finding]:
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
            yield Finding(item.problem, at(item.node), item.related)


def _layers(modules: Sequence[Module]) -> Iterator[tuple[int, Path]]:
    """Give the identity and the path of each node; a chain has the path of what it repeats."""
    for module in modules:
        for node in module.nodes:
            if not isinstance(node, Call) or node.module.kind is not Kind.CHAIN:
                yield id(node), node.path
