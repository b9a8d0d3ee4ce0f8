"""Where a layer stands while it is elaborated, and where the values come from that it reads."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple, Protocol

from archspec.diagnostics import MisplacedKey, Path, Place
from archspec.document import Body, Layer, Spec
from archspec.elaborate.apply import Applied, Plan
from archspec.elaborate.fixed_kernels import Kernels
from archspec.elaborate.initial_weights import Initial
from archspec.elaborate.namespace import Given, Values
from archspec.elaborate.report import Report
from archspec.elaborate.rules import Conditions
from archspec.elaborate.targets import NOWHERE, Target, resolve
from archspec.expressions import POISON, Scope
from archspec.graph import Call, Kind, Leaf, Module, Node, Origin, Port
from archspec.sizes import Tensor

Arriving = tuple[Tensor | None, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialisation:
    """A body about to be elaborated: what it is, where it stands, and what its layers see.

    `blocks` are the names of those around it, `arguments` its evaluated parameters, and `owned` the
    names in its scope that are not the model's. `around` is, for messages, where it is called.
    With `taps` it gives these values instead of its
    outputs, and what they do not need is left out.
    """

    kind: Kind
    name: str
    body: Body
    path: Path
    scope: Scope
    blocks: tuple[str, ...] = ()
    depth: int = 0
    arguments: Mapping[str, object] = field(default_factory=dict)
    owned: frozenset[str] = frozenset()
    outer: "Frame | None" = None
    taps: tuple[str, ...] = ()
    around: "Around | None" = None


@dataclass(frozen=True, slots=True)
class Frame:
    """Where a layer stands: the body's definition, scope and values, and the calls around it.

    `keys` is what the keys of a layer see: the scope, and the values above the layer. `outer` is
    the frame around a group, in which `share` may look, too. `tapped` are the keys of the repeated
    layers of which others read single repetitions. `around` is where the body is called, for
    messages alone.
    """

    body: Body
    path: Path
    scope: Scope
    values: Values
    blocks: tuple[str, ...]
    depth: int
    owned: frozenset[str] = frozenset()
    keys: Scope = NOWHERE
    outer: "Frame | None" = None
    tapped: frozenset[str] = frozenset()
    around: "Around | None" = None


def unknown(frame: Frame) -> Frame:
    """Give the frame of a body of which nothing is known but what stands where.

    >>> body = Body.model_validate({"layers": ["relu"]})
    >>> frame = Frame(body, (), Scope({"width": 8}), Values({}, False), (), 0)
    >>> unknown(frame).scope.values["width"] is POISON
    True
    """
    scope = Scope(dict.fromkeys(frame.scope.values, POISON))
    values = dict.fromkeys(frame.keys.values, POISON)
    tensors = dict.fromkeys(frame.keys.tensors, POISON)
    return replace(frame, scope=scope, keys=replace(frame.keys, values=values, tensors=tensors))


class Unit(NamedTuple):
    """One layer about to be built under a name: its target, what it reads, and where it stands.

    `sources` are the values of the body around it that it reads, for messages.
    """

    layer: Layer
    target: Target
    name: str
    path: Path
    reads: tuple[Port, ...]
    inputs: Arriving
    origin: Origin
    sources: tuple[Port, ...] = ()
    repetition: int | None = None


class Around(NamedTuple):
    """Where a body is called: the frame, and the layer; `None` where nothing calls it."""

    frame: Frame
    unit: Unit | None = None


def node_of(
    applied: Applied,
    name: str,
    path: Path,
    reads: tuple[Port, ...],
    inputs: tuple[Tensor, ...],
    origin: Origin,
) -> Leaf:
    """Make the node of an operation that was applied."""
    return Leaf(
        name=name,
        path=path,
        reads=reads,
        inputs=inputs,
        outputs=applied.typed.outputs,
        origin=origin,
        operation=applied.operation,
        given=applied.given,
        typed=applied.typed,
        trainable=origin.layer.trainable if origin.layer else True,
    )


def call_of(unit: Unit, module: Module) -> Call:
    """Make the node of a module that is called."""
    return Call(
        name=unit.name,
        path=unit.path,
        reads=unit.reads,
        inputs=tuple(module.inputs.values()),
        outputs=module.outputs,
        origin=unit.origin,
        module=module,
        trainable=unit.layer.trainable,
    )


def origins(report: Report, frame: Frame, ports: tuple[Port, ...]) -> tuple[tuple[Place, str], ...]:
    """Say where the values that a layer reads come from."""
    found = []
    for port in dict.fromkeys(ports):
        given = frame.values.read(port)
        if given.tensor is not None:
            place, words = _origin_place(report, frame, given)
            found.append((place, f"{given.tensor} {words}"))
    return tuple(dict.fromkeys(found))


def _origin_place(report: Report, frame: Frame, given: Given) -> tuple[Place, str]:
    """Find the layer that gives a value, the model's input, or the layer that passes it on."""
    for node in frame.values.nodes:
        if node.name == given.port.name:
            return Place(node.path, key=True), "comes from here"
    if frame.depth == 0 and isinstance(frame.body, Spec):
        return Place((*frame.path, *frame.body.tensors[given.port.name][1])), "comes from here"
    around = frame.path[:-1] if frame.path[-1] == "body" else report.caller
    return Place(around or (), key=True), "goes in here"


# What the parts of the elaborator need of it, and the specs that a spec uses.

Inputs = Mapping[str, Tensor | None]
"""What a body receives by name; `None` where it failed."""


@dataclass(frozen=True, slots=True)
class Included:
    """A spec that another one uses: the document, a variant of it, and the specs that it uses.

    `step` is what the places in it begin with, so that they are told in its own file.
    """

    spec: Spec
    step: str
    variant: str | None = None
    included: Mapping[str, "Included"] = field(default_factory=dict)


Library = Mapping[str, Included]
"""The specs that a spec uses, by the names by which it calls them."""


class Building(Protocol):
    """Elaborates bodies of one spec; see `Elaborator`, which is what does so."""

    spec: Spec
    report: Report
    batch: str
    root: Path
    included: Library
    symbols: Scope
    model_scope: Scope
    initial: Initial
    kernels: Kernels
    conditions: Conditions
    modules: dict[object, Module | None]
    called: set[str]
    plans: dict[int, Plan | None]

    def module(self, wanted: Specialisation, inputs: Inputs) -> Module | None:
        """Elaborate a body layer by layer."""

    def unit(self, frame: Frame, unit: Unit) -> Node | None:
        """Build one repetition of a layer; `None` where that failed and was reported."""

    def quiet(self) -> "Building":
        """Give one of the same spec, whose reports nobody reads."""

    def inside(self, found: Included, parameters: Mapping[str, object]) -> "Building":
        """Give what elaborates another spec for its parameters."""


# Find out what a layer is, before it is built.


def unit_of(
    builder: Building,
    frame: Frame,
    layer: Layer,
    name: str,
    path: Path,
    reads: tuple[Port, ...],
    given: list[Given],
) -> Unit:
    """Find out what a layer is, and what it reads."""
    target = resolve(builder.report, builder.spec, layer, frame.keys, path)
    if target.operation is None and target.init is not None:
        text = "`init` belongs to an operation, not to a block or group"
        builder.report.add(MisplacedKey(text), Place(target.init_path, key=True))
    return Unit(
        layer=layer,
        target=target,
        name=name,
        path=path,
        reads=tuple([item.port for item in given]),
        inputs=tuple([item.tensor for item in given]),
        origin=Origin(layer, reads, layer.arguments, target.parameter, target.init),
        sources=reads,
    )
