"""A network with what the writing of source needs to know of its modules beside the graph.

The graph holds what every consumer needs. Here its modules are made once more, each with what is in
its definition and left no node, and with the names that are its own.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from typing import Any

from archspec import graph
from archspec.document import Spec
from archspec.graph import Kind, Node, Port, Provenance

_MODEL = "model"


@dataclass(frozen=True, slots=True, eq=False)
class Call(graph.Call):
    """A node that is an instance of a module about to be written."""

    module: "Module" = field(kw_only=True)


@dataclass(frozen=True, slots=True, eq=False)
class Splice(graph.Splice):
    """A layer that left its name out, whose module is about to be written."""

    call: Call


@dataclass(frozen=True, eq=False)
class Module(graph.Module):
    """A module about to be written.

    `names`, `absent`, `requested` and `further` are those of its `Provenance`; `skipped` are the
    absent ones by the names that they have outside lists, and `dropped` the keys of layers that
    nobody needs. `owned` are the names in its scope that are the block's or group's, not the
    model's, and `space` tells the parameters of one spec from those of another that is used in it.
    """

    splices: tuple[Splice, ...] = ()
    names: Mapping[str, str] = field(default_factory=dict)
    absent: Mapping[str, Port] = field(default_factory=dict)
    skipped: Mapping[str, Port] = field(default_factory=dict)
    requested: tuple[Port, ...] = ()
    further: Node | None = None
    dropped: frozenset[str] = frozenset()
    owned: frozenset[str] = frozenset()
    space: str = _MODEL


@dataclass(frozen=True, eq=False)
class Network(graph.Network):
    """A network about to be written."""

    model: Module

    def modules(self) -> tuple[Module, ...]:
        """Give every different module once, callees before their callers."""
        return tuple(module for module in super().modules() if isinstance(module, Module))


def for_writing(network: graph.Network) -> Network:
    """Make the modules of a network again, with what their source needs."""
    assert network.spec is not None
    model = _Writing(network.provenance).module(network.model, _Around(network.spec))
    return Network(**{**_shallow(network), "model": model})


@dataclass(frozen=True, slots=True)
class _Around:
    """The bodies around a module: their document, its space, and the names that are theirs."""

    spec: Spec
    space: str = _MODEL
    owned: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class _Writing:
    """Makes modules again, each once; `steps` are the specs that are used in each space."""

    provenance: Mapping[graph.Module, Provenance]
    made: dict[graph.Module, Module] = field(default_factory=dict)
    steps: dict[str, list[object]] = field(default_factory=dict)

    def module(self, module: graph.Module, around: _Around) -> Module:
        """Make a module again, with all that it calls."""
        if module not in self.made:
            self.made[module] = self._module(module, around)
        return self.made[module]

    def _module(self, module: graph.Module, around: _Around) -> Module:
        inner = self._inside(module, around)
        origin = self.provenance.get(module, Provenance())
        # What was spliced comes first: its own body is what is around the layers that it held.
        splices = tuple(self.splice(item, inner) for item in module.splices)
        nodes = tuple(self.node(node, inner) for node in module.nodes)
        definition = module.definition
        layers = definition.layers.keys() if definition is not None else frozenset[str]()
        is_named = definition is not None and not definition.numbered
        absent = origin.absent
        return Module(
            **{**_shallow(module), "nodes": nodes, "splices": splices},
            names=origin.names,
            absent=absent,
            skipped={origin.names[key]: port for key, port in absent.items()} if is_named else {},
            requested=origin.requested,
            further=origin.further and self.node(origin.further, inner),
            dropped=frozenset(layers - origin.names.keys() - {item.name for item in splices}),
            owned=frozenset() if module.is_model or module.kind is Kind.CHAIN else inner.owned,
            space=self._space(module, nodes, inner),
        )

    def _inside(self, module: graph.Module, around: _Around) -> _Around:
        """Say what is around the nodes of a module."""
        lets = module.definition.let if module.definition is not None else ()
        if module.kind is Kind.CHAIN:
            return around
        if module.kind is Kind.MODEL:
            return _Around(around.spec)
        spec, space = module.spec, around.space
        assert spec is not None
        if spec is not around.spec:
            space = self._nested(around.space, module.path[0])
        if module.kind is Kind.BLOCK:
            own = frozenset() if module.is_model else frozenset(module.arguments)
            return _Around(spec, space, own.union(lets))
        return _Around(spec, space, around.owned.union(lets))

    def _nested(self, space: str, step: object) -> str:
        """Name the space of a spec that is used in another one, by when it is used there first."""
        steps = self.steps.setdefault(space, [])
        if step not in steps:
            steps.append(step)
        return f"{space}{steps.index(step) + 1}_"

    def _space(self, module: graph.Module, nodes: tuple[Node, ...], inner: _Around) -> str:
        """Give the space of a module's names; a chain has that of what it repeats."""
        if module.kind is not Kind.CHAIN:
            return inner.space
        return nodes[-1].module.space if isinstance(nodes[-1], Call) else _MODEL

    def node(self, node: Node, around: _Around) -> Node:
        """Make a call again, of a module that is about to be written."""
        return self.call(node, around) if isinstance(node, graph.Call) else node

    def call(self, call: graph.Call, around: _Around) -> Call:
        """Make a call again."""
        return Call(**{**_shallow(call), "module": self.module(call.module, around)})

    def splice(self, splice: graph.Splice, around: _Around) -> Splice:
        """Make a splice again."""
        return Splice(splice.name, splice.nodes, self.call(splice.call, around), splice.deep)


def _shallow(value: Any) -> dict[str, Any]:
    """Give the fields of a value by their names."""
    return {item.name: getattr(value, item.name) for item in fields(value)}
