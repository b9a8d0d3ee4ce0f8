"""What an elaboration works with: its settings and caches, and where a layer stands.

`State` is the one thing that changes while the bodies of a spec are elaborated. A `Specialisation`
is a body about to be elaborated, a `Frame` that body while its layers are, a `Site` one layer in
it, and a `Unit` that layer about to be built.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import NamedTuple

from archspec.diagnostics import (
    Path,
    Place,
    RankMismatch,
    UnknownReference,
    WrongDtype,
)
from archspec.document import Body, Included, Layer, Library, Spec, close_match, listed
from archspec.elaborate.advice.unknown import choice
from archspec.elaborate.apply import Conditions, Plan, plan
from archspec.elaborate.fixed_kernels import Kernels, kernels_of
from archspec.elaborate.initial_weights import NO_RULES, Initial, check_weights
from archspec.elaborate.namespace import Values
from archspec.elaborate.report import Report
from archspec.elaborate.targets import NOWHERE, Target, Written, typed
from archspec.elaborate.values import bind, check_names, with_let
from archspec.expressions import POISON, Poisoned, Scope
from archspec.graph import Call, Kind, Module, Origin, Port, Provenance
from archspec.operations.kernels import KNOWN
from archspec.sizes import Tensor

Inputs = Mapping[str, Tensor | None]
"""What a body receives by name; `None` where it failed."""

Arriving = tuple[Tensor | None, ...]
"""What a layer reads; `None` where it failed."""


@dataclass(slots=True)
class State:
    """The elaboration of one spec for one set of parameters; modules are kept by specialisation.

    `root` is what the places of the spec begin with, where it is used in another one, `included`
    are the specs that it uses itself, and `nested` their elaborations. `called` are the blocks that
    something calls, `tried` the layers that were built or failed, `left_out` those that were
    absent, and `tapped` are, for each body, the layers of which a repetition is read.
    """

    spec: Spec
    report: Report
    batch: str = "N"
    root: Path = ()
    included: Library = field(default_factory=dict)
    nested: dict[tuple[str, object], "State"] = field(default_factory=dict)
    symbols: Scope = field(default_factory=Scope)
    model_scope: Scope = field(default_factory=Scope)
    initial: Initial = NO_RULES
    kernels: Kernels = field(default_factory=lambda: KNOWN)
    conditions: Conditions = field(default_factory=Conditions)
    modules: dict[object, Module | None] = field(default_factory=dict)
    provenance: dict[Module, Provenance] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    tried: set[Path] = field(default_factory=set)
    left_out: dict[Path, tuple["State", "Site"]] = field(default_factory=dict)
    tapped: dict[int, frozenset[str]] = field(default_factory=dict)
    plans: dict[int, Plan | None] = field(default_factory=dict)
    built_layers: int = 0

    def open(self, parameters: Mapping[str, object]) -> None:
        """Evaluate what the whole spec sees, `let` names and kernels, and check its `init`."""
        report, spec, root = self.report, self.spec, self.root
        self.initial = NO_RULES
        if spec.init:
            self.initial = Initial(spec.init, root)
            check_weights(report, spec, root)
        self.model_scope = with_let(report, spec, root, Scope(parameters))
        if spec.kernels or root:
            self.kernels = kernels_of(report, spec, self.model_scope, root)

    def plan(self, layer: Layer) -> Plan | None:
        """Plan a layer once, if it is plain; layers are known by identity."""
        if id(layer) not in self.plans:
            self.plans[id(layer)] = plan(self.spec, layer)
        return self.plans[id(layer)]

    def quiet(self) -> "State":
        """Give a state of the same spec, whose reports nobody reads."""
        return replace(
            self,
            report=Report(),
            conditions=Conditions(),
            nested={},
            modules={},
            called=set(),
            tried=set(),
            left_out={},
        )

    def inside(self, unit: "Unit") -> "State":
        """Give the state of the spec that a layer uses, for its parameters: an old or new one."""
        included = self.included.get(str(unit.target.spec))
        if included is None:
            raise Poisoned  # it could not be read, which is reported where it is named
        parameters = self._passed(included, unit)
        key = (included.step, typed(parameters))
        if key not in self.nested:
            self.nested[key] = inner = replace(
                self,
                spec=included.spec,
                root=(included.step,),
                included=included.included,
                nested={},
                modules={},
                called=set(),
            )
            inner.open(parameters)
        return self.nested[key]

    def _passed(self, included: Included, unit: "Unit") -> dict[str, object]:
        """Give the parameters of a spec: its variant's, and those that the layer passes."""
        spec, given, root = included.spec, unit.target.arguments, (included.step,)
        if included.variant is not None:
            path = (*root, "variants", included.variant, "parameters")
            raw = spec.variants[included.variant].parameters
            own = {key: Written(value, Scope(), (*path, key)) for key, value in raw.items()}
            given = {**own, **given}
        owner, place = f"`{unit.target.spec}`", Place((*unit.path, "spec"))
        if check_names(self.report, owner, spec.params, given, place) is not given:
            raise Poisoned
        return bind(self.report, spec.params, given, Scope(), root)

    def block(
        self, around: "Around", name: str, arguments: Mapping[str, object]
    ) -> "Specialisation":
        """Give a block that is about to be elaborated for its arguments."""
        return Specialisation(
            kind=Kind.BLOCK,
            name=name,
            body=self.spec.blocks[name],
            path=(*self.root, "blocks", name),
            scope=Scope(self.model_scope.extended(arguments).values),
            blocks=(*around.frame.blocks, name),
            depth=around.frame.depth + 1,
            arguments=arguments,
            around=around,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Specialisation:
    """A body about to be elaborated: what it is, where it stands, and what its layers see.

    `blocks` are the names of those around it, and `arguments` its evaluated parameters. `around`
    is, for messages, where it is called. With `taps` it gives these values instead of its outputs,
    and what they do not need is left out.
    """

    kind: Kind
    name: str
    body: Body
    path: Path
    scope: Scope
    blocks: tuple[str, ...] = ()
    depth: int = 0
    arguments: Mapping[str, object] = field(default_factory=dict)
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
    keys: Scope = NOWHERE
    outer: "Frame | None" = None
    tapped: frozenset[str] = frozenset()
    around: "Around | None" = None


def unknown(frame: Frame) -> Frame:
    """Give the frame of a body of which nothing is certain but what stands where.

    >>> body = Body.model_validate({"layers": ["relu"]})
    >>> frame = Frame(body, (), Scope({"width": 8}), Values({}, False), (), 0)
    >>> unknown(frame).scope.values["width"] is POISON
    True
    """
    scope = Scope(dict.fromkeys(frame.scope.values, POISON))
    values = dict.fromkeys(frame.keys.values, POISON)
    tensors = dict.fromkeys(frame.keys.tensors, POISON)
    return replace(frame, scope=scope, keys=replace(frame.keys, values=values, tensors=tensors))


class Site(NamedTuple):
    """A layer in its body: the frame, its key there, its path, and the name that it gets."""

    frame: Frame
    key: str
    layer: Layer
    path: Path
    name: str


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

    def call(self, module: Module) -> Call:
        """Make the node of a module that the layer calls."""
        return Call(
            name=self.name,
            path=self.path,
            reads=self.reads,
            inputs=tuple(module.inputs.values()),
            outputs=module.outputs,
            origin=self.origin,
            module=module,
            trainable=self.layer.trainable,
        )


class Around(NamedTuple):
    """Where a body is called: the frame, and the layer; `None` where nothing calls it."""

    frame: Frame
    unit: Unit | None = None


# --- another spec that is used as a block --------------------------------------------------------


def check_received(spec: Spec, inputs: Inputs) -> None:
    """Hold that ranks and dtypes are those of the spec's own inputs."""
    for name, tensor in inputs.items():
        own, _ = spec.tensors[name]
        if tensor is None:
            raise Poisoned
        if len(own.shape) != tensor.rank:
            text = f"`{spec.name}` takes {len(own.shape)} dimensions as `{name}`, not {tensor.rank}"
            raise RankMismatch(text, label=f"reads {tensor}")
        if own.dtype != tensor.dtype:
            text = f"`{spec.name}` takes {own.dtype} as `{name}`, not {tensor.dtype}"
            raise WrongDtype(text, label=f"reads {tensor}")


def check_tap(spec: Spec, tap: str) -> None:
    """Hold that a layer is there, as far as names are certain before they are filled in."""
    name = tap.partition(".")[0]
    if name not in spec.layers and not any("{" in key for key in spec.layers):
        layers = choice(f"its layers are {listed(spec.layers)}", tap, spec.layers)
        help = close_match(name, spec.layers) or layers
        raise UnknownReference(f"`{spec.name}` has no layer `{name}` to tap", help=help)
