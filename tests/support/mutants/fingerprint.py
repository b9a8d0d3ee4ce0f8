"""All that a network is, flat and ready to compare: operations, edges, keys, initial rules."""

from collections.abc import Iterator, Mapping
from typing import NamedTuple

from archspec.diagnostics import Problem
from archspec.document import read_rule
from archspec.document.initial import Rule
from archspec.expressions import Poisoned, Scope, evaluate, parse
from archspec.graph import Call, Leaf, Module, Network, Node, Port, instances, repetitions

Flat = tuple[str, int]
"""A value of the flat graph: the path of what gives it, and its number there."""


class Fingerprint(NamedTuple):
    """What two equal networks have in common; names of blocks are no part of it."""

    name: str
    inputs: object
    nodes: tuple[object, ...]
    results: tuple[Flat, ...]
    given: object
    keys: tuple[object, ...]
    conditions: frozenset[str]
    parameters: object


def fingerprint(network: Network) -> Fingerprint:
    """Take down what a network is."""
    model = network.model
    found: list[object] = []
    entries = {Port(name): (name, 0) for name in model.inputs}
    results = _flatten(model, "", entries, found)
    return Fingerprint(
        model.name,
        tuple(model.inputs.items()),
        tuple(found),
        results,
        (model.packing, model.labels, model.training, model.outputs),
        tuple((path, *leaf.weights, *leaf.buffers) for path, leaf in instances(model)),
        frozenset(str(needed.condition) for needed in network.conditions),
        {name: repr(value) for name, value in network.parameters.items()},
    )


def _flatten(
    module: Module, prefix: str, values: Mapping[Port, Flat], found: list[object]
) -> tuple[Flat, ...]:
    """Take down the operations of a module under a prefix; give where its results are."""
    known = dict(values)
    for node in module.nodes:
        reads = tuple(known[port] for port in node.reads)
        taps = node.module.taps if isinstance(node, Call) else 0
        taken = min(len(node.inputs), len(node.outputs) - taps)
        for name in repetitions(node):
            gives = _instance(module, node, f"{prefix}{name}", reads, prefix, found)
            reads = gives[:taken] + reads[taken:]
        known |= {Port(node.name, index): flat for index, flat in enumerate(gives)}
    return tuple(known[port] for port in module.results)


def _instance(
    module: Module,
    node: Node,
    path: str,
    reads: tuple[Flat, ...],
    prefix: str,
    found: list[object],
) -> tuple[Flat, ...]:
    again = node.again and f"{prefix}{node.again}"
    if isinstance(node, Call):
        found.append((path, again, node.trainable))
        entries = dict(zip(map(Port, node.module.inputs), reads, strict=True))
        return _flatten(node.module, f"{path}.", entries, found)
    assert isinstance(node, Leaf)
    found.append((path, again, reads, *_facts(module, node, path)))
    return tuple((path, index) for index in range(len(node.outputs)))


def _facts(module: Module, leaf: Leaf, path: str) -> Iterator[object]:
    yield type(leaf.operation)
    yield leaf.operation.__dict__
    yield leaf.inputs
    yield leaf.outputs
    yield leaf.trainable
    yield _tied(leaf, path)
    yield _rules(module, leaf)


def _tied(leaf: Leaf, path: str) -> object:
    """Say whose weight it has, by the full path of that."""
    if leaf.tie is None:
        return None
    steps = path.split(".")
    return (*steps[: len(steps) - 1 - leaf.tie.up], *leaf.tie.path), leaf.tie.weight


def _rules(module: Module, leaf: Leaf) -> Mapping[str, object]:
    """Give the rule of each of its weights, its own before that of its spec."""
    own = leaf.origin.init
    common = (module.spec.init or {}).get(leaf.operation.op(), {}) if module.spec else {}
    rules = {**common, **(own if isinstance(own, Mapping) else {})}
    names = {**module.scope, **leaf.operation.__dict__, **leaf.inferred}
    return {
        weight: _evaluated(read_rule(rule), Scope(names))
        for weight, rule in rules.items()
        if weight in leaf.weights
    }


def _evaluated(rule: Rule, scope: Scope) -> object:
    if rule.indexed is not None:
        names = sorted(parse(rule.indexed).names)
        return rule.name, rule.indexed, {name: scope.values.get(name) for name in names}
    texts = dict(rule.expressions())
    return rule.name, {
        name: _number(value, scope) if name in texts else value
        for name, value in rule.arguments.items()
    }


def _number(text: object, scope: Scope) -> object:
    try:
        return evaluate(parse(str(text)), scope)
    except (Problem, Poisoned):
        return text
