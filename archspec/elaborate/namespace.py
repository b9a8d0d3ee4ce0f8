"""References: `conv1`, `split.1`, `stage.high`; of a repeated layer `m.3`, `m.3.1` and `m.*`."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from archspec.diagnostics import BadName, LimitExceeded, UnknownReference
from archspec.document import check_layer_name, close_match
from archspec.elaborate.advice.unknown import choice, readable, spliced, unknown_reference
from archspec.expressions import POISON, Hidden, Poisoned
from archspec.graph import Call, Kind, Node, Port, Splice, repetitions
from archspec.sizes import Tensor


class Gives(NamedTuple):
    """What a name gives: its ports, the labels of outputs, and the ports of each repetition."""

    ports: tuple[Port, ...]
    labels: tuple[str, ...] = ()
    repetitions: tuple[tuple[Port, ...], ...] = ()
    repeated: bool = False
    absent: bool = False
    missing: bool = False
    failed: bool = False


WHOLE = Gives(())
"""One value, or several that are called by their numbers."""

MOST_SPLICED = 10_000

Rename = Callable[[str], str]
"""Gives the name under which a repetition stands in the parent."""


class Given(NamedTuple):
    """A value in a body: the port that gives it, and its tensor; `None` where it failed."""

    port: Port
    tensor: Tensor | None


@dataclass(slots=True)
class Values:
    """The values of a body so far, by name, and the nodes that give them.

    `above` is what the layer above gives, or the body's inputs; `numbered` says that layers are
    called by numbers, which absent layers do not take. `tensors` are those of which an expression
    may ask sizes; it grows as layers are added. `outside` says, for messages, what a reference
    names around the body.
    """

    inputs: Mapping[str, Tensor | None]
    numbered: bool
    given: dict[Port, Given] = field(default_factory=dict)
    gives: dict[str, Gives] = field(default_factory=dict)
    above: tuple[Port, ...] = ()
    nodes: list[Node] = field(default_factory=list)
    absent: dict[str, Port] = field(default_factory=dict)
    skipped: dict[str, Port] = field(default_factory=dict)
    splices: list[Splice] = field(default_factory=list)
    names: dict[str, str] = field(default_factory=dict)
    later: tuple[str, ...] = ()
    tensors: dict[str, object] = field(default_factory=dict)
    failures: int = 0
    outside: Callable[[str], Hidden | None] = lambda reference: None

    def __post_init__(self) -> None:
        """Begin with the inputs."""
        for name, tensor in self.inputs.items():
            self._give(name, (tensor,))
        self.above = tuple(map(Port, self.inputs))

    def _give(self, name: str, tensors: Sequence[Tensor | None], gives: Gives = WHOLE) -> None:
        """Let a name give values; `gives` says how parts of them are called."""
        ports = tuple([Port(name, index) for index in range(len(tensors))])
        for port, tensor in zip(ports, tensors, strict=True):
            self.given[port] = Given(port, tensor)
        self._name(name, gives._replace(ports=gives.ports or ports))

    def _give_one(self, name: str, tensor: Tensor) -> None:
        """Let a name give one value, as most do."""
        port = Port(name)
        self.given[port] = Given(port, tensor)
        self.gives[name] = Gives((port,))
        self.tensors[name] = tensor
        self.above = (port,)

    def _name(self, name: str, gives: Gives) -> None:
        self.gives[name] = gives
        if not gives.ports:
            return
        tensor = self.given[gives.ports[0]].tensor
        self.tensors[name] = POISON if tensor is None else tensor
        if len(gives.ports) > 1 and tensor is not None:
            self.tensors[name] = tuple(self.given[port].tensor for port in gives.ports)

    def name(self, key: str) -> str:
        """Give the name that the layer under a key of the document gets."""
        return str(len(self.nodes) + self.failures) if self.numbered else key

    def requested(self, references: Iterable[str] | None) -> tuple[Port, ...]:
        """Find the ports that `from` names, absent layers included."""
        if references is None:
            return self.above
        return tuple(port for reference in references for port in self._referred(reference))

    def read(self, port: Port) -> Given:
        """Find what a port gives; an absent layer gives what stands in for it."""
        return self.given[port]

    def node(self, name: str) -> Node | None:
        """Find the node of a name; absent layers and inputs have none."""
        return next((node for node in self.nodes if node.name == name), None)

    def leave_out(self, key: str, name: str, requested: tuple[Port, ...]) -> None:
        """Let an absent layer's first input stand in for it, whichever of its values is read."""
        self.names[key] = name
        stand_in = self.read(requested[0]) if requested else None
        if stand_in is None:  # it reads nothing, so nothing can stand in for it
            if not self.numbered:
                self.gives[name] = Gives((), absent=True, missing=True)
            return
        self.absent[key] = requested[0]
        if self.numbered:
            self.above = (requested[0],)
            return
        self.skipped[name] = requested[0]
        port = Port(name)
        self.given[port] = stand_in
        self._name(name, Gives((port,), absent=True))
        self.above = (port,)

    def add(self, key: str, node: Node, gives: Gives = WHOLE) -> None:
        """Add a layer's node."""
        self.names[key] = node.name
        self.nodes.append(node)
        if gives is WHOLE and len(node.outputs) == 1:
            self._give_one(node.name, node.outputs[0])
            return
        self._give(node.name, node.outputs, gives)
        self.above = self.gives[node.name].ports

    def fail(self, key: str, name: str) -> None:
        """Poison a layer: who reads it fails in silence."""
        self.names[key] = name
        self.failures += 1
        self._give(name, (None,), Gives((), failed=True))
        self.above = (Port(name),)

    def splice(self, key: str, call: Call, *, deep: bool, rename: Rename | None = None) -> None:
        """Let what a layer holds stand in this body, its own name left out."""
        before = len(self.nodes)
        results = self._inline(call, call.reads, deep=deep, rename=rename)
        nodes = tuple(node.name for node in self.nodes[before:])
        self.splices.append(Splice(key, nodes, call, deep))
        self.above = results[: len(results) - call.module.taps]

    def _inline(
        self, call: Call, reads: tuple[Port, ...], *, deep: bool, rename: Rename | None
    ) -> tuple[Port, ...]:
        ports = dict(zip(map(Port, call.module.inputs), reads, strict=True))
        for node in call.module.nodes:
            entries = tuple(ports[port] for port in node.reads)
            for name in repetitions(node) if node.again is None else (node.name,):
                gives = self._place(call, node, name, entries, deep=deep, rename=rename)
                own = gives[: len(gives) - _taps(node)]
                entries = own + entries[len(own) :]
                if len(self.nodes) > MOST_SPLICED:
                    raise LimitExceeded(f"`splice` makes more than {MOST_SPLICED:,} layers")
            ports |= {Port(node.name, index): port for index, port in enumerate(gives)}
        return tuple(ports[port] for port in call.module.results)

    def _place(
        self,
        call: Call,
        node: Node,
        name: str,
        reads: tuple[Port, ...],
        *,
        deep: bool,
        rename: Rename | None,
    ) -> tuple[Port, ...]:
        if deep and call.module.kind is Kind.CHAIN and isinstance(node, Call):
            return self._inline(node, reads, deep=False, rename=None)
        final = str(len(self.nodes)) if self.numbered else rename(name) if rename else name
        if final in self.gives:
            raise BadName(f"a second layer would be called `{final}`")
        check_layer_name(final)
        origin = replace(node.origin, asks=reads)
        count = 1 if node.again is None else node.count  # its name stays, or this fails above
        node = replace(node, name=final, reads=reads, count=count, origin=origin)
        self.nodes.append(node)
        self._give(final, node.outputs, gives_of(node))
        return tuple(Port(final, index) for index in range(len(node.outputs)))

    def _referred(self, reference: str) -> tuple[Port, ...]:
        name = reference.partition(".")[0]
        if name not in self.gives:
            for splice in self.splices:
                if splice.name == name:
                    raise spliced(name, splice.nodes)
            if self.may_have_failed(name):
                raise Poisoned
            raise self._unknown(name, reference)
        ports = referred(reference, self.gives[name])
        for port in ports if self.gives[name].absent else ():
            self.given.setdefault(port, self.given[Port(name)])
        return ports

    def _unknown(self, name: str, reference: str) -> UnknownReference:
        """Say that nothing above has a name; of a value around the body, how it is passed."""
        problem = unknown_reference(name, self.gives, self.later, self._current(), self.inputs)
        hidden = self.outside(reference) if name not in self.later else None
        if hidden is not None:
            problem.notes += (hidden.note,)
            problem.help = hidden.help
        return problem

    def may_have_failed(self, name: str) -> bool:
        """Say whether a layer failed before its name was filled in, and could have had this one."""
        failed = (key for key, gives in self.gives.items() if gives.failed and "{" in key)
        return any(name.startswith(key.partition("{")[0]) for key in failed)

    def _current(self) -> str:
        """Name the layer that is being elaborated."""
        key = next((key for key in self.later if key not in self.names), "")
        return self.name(key)


def _taps(node: Node) -> int:
    return node.module.taps if isinstance(node, Call) else 0


def gives_of(node: Node) -> Gives:
    """Say what the name of a node gives, and how parts of that are called."""
    if not isinstance(node, Call):
        return WHOLE
    module = node.module
    ports = tuple(Port(node.name, index) for index in range(len(node.outputs)))
    own = ports[: len(ports) - module.taps]
    if module.kind is not Kind.CHAIN:
        return Gives(own, module.labels)
    labels = gives_of(module.nodes[-1]).labels
    if not module.taps:
        return Gives(own, labels, repeated=True)
    taken = ports[len(own) :]
    each = len(taken) // len(module.nodes)
    parts = tuple(taken[start : start + each] for start in range(0, len(taken), each or 1))
    return Gives(own, labels, parts, repeated=True)


# What a reference names, given what its first name gives.


def referred(reference: str, gives: Gives) -> tuple[Port, ...]:
    """Find the ports that a reference names, given what its first name gives."""
    name, *parts = reference.split(".")
    if gives.failed and parts:
        raise Poisoned
    if gives.missing:
        raise UnknownReference(f"`{name}` is absent, and nothing stands in for it")
    if gives.absent:
        return _absent(parts, gives)
    if gives.repeated and parts and (parts[0] == "*" or parts[0].isdigit()):
        return _repetition(reference, name, parts, gives)
    if not parts:
        return gives.ports
    if len(parts) > 1:
        raise UnknownReference(
            f"`{reference}` has too many parts", help=_readable(reference, name, gives)
        )
    return (_part(reference, name, parts[0], gives),)


def _absent(parts: list[str], gives: Gives) -> tuple[Port, ...]:
    """Name the value of an absent layer by its number, though another stands in for it."""
    if parts[:1] == ["*"]:
        return ()
    if len(parts) == 1 and parts[0].isdigit():
        return (Port(gives.ports[0].name, int(parts[0])),)
    return gives.ports


def _repetition(reference: str, name: str, parts: list[str], gives: Gives) -> tuple[Port, ...]:
    if parts[0] == "*" and len(parts) == 1:
        return tuple(port for ports in gives.repetitions for port in ports)
    number = int(parts[0]) if parts[0] != "*" else -1
    if not 0 <= number < len(gives.repetitions) or len(parts) > 2:
        names = [f"{name}.{each}" for each in range(len(gives.repetitions))]
        last = len(gives.repetitions) - 1
        help = choice(f"its repetitions are `{name}.0` to `{name}.{last}`", reference, names)
        raise UnknownReference(f"`{reference}` is no repetition of `{name}`", help=help)
    ports = gives.repetitions[number]
    if len(parts) == 1:
        return ports
    return (_part(reference, f"{name}.{parts[0]}", parts[1], Gives(ports, gives.labels)),)


def _readable(reference: str, name: str, gives: Gives) -> str:
    count = len(gives.ports)
    return readable(reference, name, count, gives.labels, repeated=gives.repeated)


def _part(reference: str, name: str, part: str, gives: Gives) -> Port:
    """Find one of several values: of a repeated layer that of the last repetition, by its label."""
    if part in gives.labels:
        return gives.ports[gives.labels.index(part)]
    if part.isdigit() and int(part) < len(gives.ports) and not gives.repeated:
        return gives.ports[int(part)]
    help = close_match(part, gives.labels) or _readable(reference, name, gives)
    raise UnknownReference(f"`{name}` gives no value `{part}`", help=help)
