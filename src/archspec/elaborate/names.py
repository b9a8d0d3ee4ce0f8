"""What the names of a body stand for while its layers are elaborated in order."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from archspec.diagnostics import BadName, LimitExceeded, NotBuilt, UnknownReference
from archspec.expressions import POISON
from archspec.graph import Call, Kind, Node, Port, Splice, repetitions
from archspec.spec import close_match, listed
from archspec.tensors import Tensor

MOST_SPLICED = 10_000


class Given(NamedTuple):
    """A value in a body: the port that gives it, and its tensor; `None` where it failed."""

    port: Port
    tensor: Tensor | None


@dataclass(slots=True)
class Values:
    """The values of a body so far, by name, and the nodes that give them.

    `above` is what the layer above gives, or the body's inputs; `numbered` says that layers are
    called by numbers, which absent layers do not take. `tensors` are those of which an expression
    may ask sizes; it grows as layers are added.
    """

    inputs: Mapping[str, Tensor | None]
    numbered: bool
    gives: dict[str, tuple[Given, ...]] = field(default_factory=dict)
    above: tuple[str, ...] = ()
    nodes: list[Node] = field(default_factory=list)
    absent: dict[str, Port] = field(default_factory=dict)
    splices: list[Splice] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    tensors: dict[str, object] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Begin with the inputs."""
        for name, tensor in self.inputs.items():
            self._give(name, (Given(Port(name), tensor),))
        self.above = tuple(self.inputs)

    def _give(self, name: str, given: tuple[Given, ...]) -> None:
        tensor = given[0].tensor
        self.gives[name] = given
        self.tensors[name] = POISON if tensor is None else tensor

    def name(self, key: str) -> str:
        """Give the name that the layer under a key of the document gets."""
        return str(len(self.nodes)) if self.numbered else key

    def asked(self, references: tuple[str, ...] | None) -> tuple[Port, ...]:
        """Find the ports that `from` names, absent layers included."""
        if references is None and len(self.above) == 1:
            return tuple([given.port for given in self._own(self.above[0])])
        if references is None:
            return tuple([given.port for name in self.above for given in self._own(name)])
        return tuple(port for reference in references for port in self._referred(reference))

    def read(self, port: Port) -> Given:
        """Find what a port gives; an absent layer gives what stands in for it."""
        return self.gives[port.name][port.index]

    def leave_out(self, key: str, name: str, asked: tuple[Port, ...]) -> None:
        """Let an absent layer's first input stand in for it."""
        self.names[key] = name
        stand_in = self.read(asked[0])
        self.absent[key] = stand_in.port
        if self.numbered:
            self.above = (asked[0].name,)
            return
        self._give(name, (stand_in,))
        self.above = (name,)

    def add(self, key: str, node: Node) -> None:
        """Add a layer's node."""
        self.names[key] = node.name
        self.nodes.append(node)
        self._give(node.name, _given(node.name, node))
        self.above = (node.name,)

    def fail(self, key: str, name: str) -> None:
        """Poison a layer: who reads it fails in silence."""
        self.names[key] = name
        self._give(name, (Given(Port(name), None),))
        self.above = (name,)

    def splice(self, key: str, call: Call, *, deep: bool) -> None:
        """Let what a layer holds stand in this body, its own name left out."""
        before = len(self.nodes)
        results = self._inline(call, call.reads, deep=deep)
        nodes = tuple(node.name for node in self.nodes[before:])
        self.splices.append(Splice(key, nodes, call))
        self.above = tuple(port.name for port in results)

    def _inline(self, call: Call, reads: tuple[Port, ...], *, deep: bool) -> tuple[Port, ...]:
        known = dict(zip(map(Port, call.module.inputs), reads, strict=True))
        for node in call.module.nodes:
            entries = tuple(known[port] for port in node.reads)
            for name in repetitions(node):
                entries = self._place(call, node, name, entries, deep=deep) + entries[1:]
                if len(self.nodes) > MOST_SPLICED:
                    raise LimitExceeded(f"`splice` makes more than {MOST_SPLICED:,} layers")
            known |= {Port(node.name, index): port for index, port in enumerate(entries[:1])}
        return tuple(known[port] for port in call.module.results)

    def _place(
        self, call: Call, node: Node, name: str, reads: tuple[Port, ...], *, deep: bool
    ) -> tuple[Port, ...]:
        if deep and call.module.kind is Kind.CHAIN and isinstance(node, Call):
            return self._inline(node, reads, deep=False)
        final = str(len(self.nodes)) if self.numbered else name
        if final in self.gives:
            raise BadName(f"`splice` would make a second layer `{final}`")
        origin = replace(node.origin, asks=reads)
        node = replace(node, name=final, reads=reads, count=1, origin=origin)
        self.nodes.append(node)
        self._give(final, _given(final, node))
        return (Port(final),)

    def _own(self, name: str) -> tuple[Given, ...]:
        """Give what a layer gives under its own name, also where another stands in for it."""
        given = self.gives[name]
        if given[0].port.name == name:
            return given
        return tuple(Given(Port(name, index), item.tensor) for index, item in enumerate(given))

    def _referred(self, reference: str) -> tuple[Port, ...]:
        name, _, rest = reference.partition(".")
        if rest or "*" in reference or "{" in reference:
            raise NotBuilt(f"references such as `{reference}` are not read yet")
        if name not in self.gives:
            raise self._unknown(name)
        return tuple(given.port for given in self._own(name))

    def _unknown(self, name: str) -> UnknownReference:
        if name == self._current():
            help = "a layer reads only what stands above it"
            return UnknownReference(f"`{name}` would read itself", help=help)
        if name in self.later:
            return UnknownReference(
                f"`{name}` does not stand above this layer",
                help="a layer reads only what stands above it",
            )
        match = close_match(name, self.gives)
        help = match or f"it may read {listed(self.gives, 'or')}; a body sees no other values"
        if name.startswith("-"):
            help = "without `from` a layer reads the one above it"
        return UnknownReference(f"nothing above is called `{name}`", help=help)

    def _current(self) -> str:
        """Name the layer that is being elaborated."""
        key = next((key for key in self.later if key not in self.names), "")
        return self.name(key)


def _given(name: str, node: Node) -> tuple[Given, ...]:
    if len(node.outputs) == 1:
        return (Given(Port(name), node.outputs[0]),)
    return tuple(Given(Port(name, index), tensor) for index, tensor in enumerate(node.outputs))
