"""Elaborate bodies: the recursion from layers to modules and back, each specialisation once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archspec.diagnostics import (
    BlockCycle,
    ClaimFails,
    LimitExceeded,
    MisplacedKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    WrongArity,
    WrongType,
)
from archspec.dimensions import equal
from archspec.elaborate.chains import MOST_DIFFERENT, chain
from archspec.elaborate.frames import Frame, Unit, call_of, node_of, origins
from archspec.elaborate.initial import Initial
from archspec.elaborate.keys import mentions, typed
from archspec.elaborate.names import Given, Values
from archspec.elaborate.operations import Conditions, apply
from archspec.elaborate.parameters import bind, check_names
from archspec.elaborate.plain import Plan, plan
from archspec.elaborate.report import Report
from archspec.elaborate.targets import name_place, resolve
from archspec.elaborate.values import integer, number, size, truth
from archspec.expressions import POISON, Poisoned, Scope
from archspec.graph import Call, Kind, Module, Node, Origin, Port
from archspec.spec import Body, Layer, Spec, told
from archspec.tensors import Tensor

MOST_LAYERS = 20_000
"""The most layers that may be built, equal ones counted once."""

MOST_DEEP = 64
"""The most blocks and groups that may stand in each other."""


@dataclass(slots=True)
class Elaborator:
    """Elaborates one spec for one set of parameters; modules are kept by specialisation."""

    spec: Spec
    report: Report
    batch: str = "N"
    model_scope: Scope = field(default_factory=Scope)
    initial: Initial = field(default_factory=Initial)
    conditions: Conditions = field(default_factory=Conditions)
    modules: dict[object, Module | None] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    plans: dict[int, Plan | None] = field(default_factory=dict)
    built_layers: int = 0

    def quiet(self) -> "Elaborator":
        """Give an elaborator of the same spec, whose reports nobody reads."""
        return replace(self, report=Report(), conditions=Conditions(), called=set(), modules={})

    # --- bodies -----------------------------------------------------------------------------

    def module(
        self,
        kind: Kind,
        name: str,
        body: Body,
        path: Path,
        scope: Scope,
        inputs: Mapping[str, Tensor | None],
        blocks: tuple[str, ...],
        depth: int,
        arguments: Mapping[str, object],
        owned: frozenset[str] = frozenset(),
    ) -> Module | None:
        """Elaborate a body layer by layer; `None` where its result failed."""
        if depth > MOST_DEEP:
            raise LimitExceeded(f"blocks and groups stand in each other more than {MOST_DEEP} deep")
        values = Values(inputs, body.numbered, later=tuple(body.layers))
        owned = owned.union(body.let)
        keys = Scope(scope.values, values.tensors)
        frame = Frame(body, path, scope, values, blocks, depth, owned, keys)
        if body.let:
            frame = self.with_let(frame)
        for key, layer in body.layers.items():
            self.layer(frame, key, layer)
        results = tuple(values.read(port) for port in values.asked(None))
        outputs = [given.tensor for given in results if given.tensor is not None]
        if len(outputs) < len(results) or any(tensor is None for tensor in inputs.values()):
            return None
        return Module(
            kind=kind,
            name=name,
            path=path,
            inputs={key: tensor for key, tensor in inputs.items() if tensor is not None},
            nodes=tuple(values.nodes),
            results=tuple(given.port for given in results),
            outputs=tuple(outputs),
            arguments=arguments,
            absent=values.absent,
            definition=body,
            names=values.names,
            scope=frame.scope.values,
            owned=frame.owned if kind is not Kind.MODEL else frozenset(),
            splices=tuple(values.splices),
        )

    def with_let(self, frame: Frame) -> Frame:
        """Let the keys of the layers see the body's `let` names."""
        scope = self.let(frame)
        return replace(frame, scope=scope, keys=Scope(scope.values, frame.values.tensors))

    def let(self, frame: Frame) -> Scope:
        """Evaluate the `let` names of a body, each seeing those before it."""
        scope = Scope(frame.scope.values, frame.values.tensors)
        for name, raw in frame.body.let.items():
            scope = scope.extended({name: self.let_value(raw, scope, (*frame.path, "let", name))})
        return scope

    def let_value(self, raw: object, scope: Scope, path: Path) -> object:
        """Evaluate one `let` name, or report it and poison it."""
        try:
            if raw is None or isinstance(raw, Mapping):
                raise WrongType(f"a `let` name is a number or an expression, not {told(raw)}")
            return number(raw, scope)
        except Problem as problem:
            self.report.add(problem, Place(path))
        except Poisoned:
            pass
        return POISON

    # --- layers -----------------------------------------------------------------------------

    def layer(self, frame: Frame, key: str, layer: Layer) -> None:
        """Elaborate one layer, whatever its form; a failure poisons what it gives."""
        values, path = frame.values, (*frame.path, "layers", key)
        name = values.name(key)
        stage = ""
        try:
            asked = values.asked(None) if layer.reads is None else self.asked(frame, layer, path)
            stage = "when"
            if layer.when is not None and not truth(layer.when, frame.keys):
                values.leave_out(key, name, asked)
                return
            stage = "repeat"
            count = self.count(frame, layer) if layer.repeat is not None else None
            if count == 0:
                values.leave_out(key, name, asked)
                return
            stage = ""
            node = self.built(frame, layer, name, path, asked, count)
        except Problem as problem:
            place = Place((*path, stage)) if stage else name_place(layer, path)
            self.report.add(problem, place)
            node = None
        except Poisoned:
            node = None
        self.place(frame, key, layer, name, path, node)

    def asked(self, frame: Frame, layer: Layer, path: Path) -> tuple[Port, ...]:
        """Find what a layer reads; each reference that leads nowhere is reported at its place."""
        found: list[Port] = []
        failed = False
        for index, reference in enumerate(layer.references or ()):
            try:
                found += frame.values.asked((reference,))
            except Problem as problem:
                failed = True
                self.report.add(problem, Place((*path, "from", index)))
        if failed:
            raise Poisoned
        return tuple(found)

    def count(self, frame: Frame, layer: Layer) -> int:
        """Evaluate `repeat`."""
        count = integer("`repeat`")(number(layer.repeat, frame.keys))
        if count < 0:
            raise OutOfRange(f"`repeat` must be at least 0, not {count}")
        if count > MOST_DIFFERENT and mentions(layer, "index"):
            raise LimitExceeded(
                f"`repeat` makes {count:,} repetitions that differ by `index`, and at most "
                f"{MOST_DIFFERENT:,} may differ"
            )
        return count

    def place(
        self, frame: Frame, key: str, layer: Layer, name: str, path: Path, node: Node | None
    ) -> None:
        """Put a layer's node into the body, and check the claim about its output."""
        if node is None:
            frame.values.fail(key, name)
            return
        if layer.expect is not None:
            self.check_claim(frame, layer, path, node)
        if not layer.splice:
            frame.values.add(key, node)
            return
        try:
            self.splice(frame, key, layer, node)
        except Problem as problem:
            self.report.add(problem, Place((*path, "splice")))
            frame.values.fail(key, name)

    def splice(self, frame: Frame, key: str, layer: Layer, node: Node) -> None:
        """Let what the layer holds stand in its body."""
        if not isinstance(node, Call):
            raise MisplacedKey("`splice` is for what holds layers: a block, a group, a repetition")
        frame.values.splice(key, node, deep=layer.splice == "all")

    def check_claim(self, frame: Frame, layer: Layer, path: Path, node: Node) -> None:
        """Report a layer whose output is not what its `expect` says."""
        claimed = []
        for index, raw in enumerate(layer.expect or ()):
            try:
                claimed.append(size(raw, frame.keys))
            except Problem as problem:
                self.report.add(problem, Place((*path, "expect", index)))
                return
            except Poisoned:
                return
        shape = node.outputs[0].shape
        if len(claimed) == len(shape) and all(
            self.conditions(equal(a, b)) for a, b in zip(claimed, shape, strict=True)
        ):
            return
        said = Tensor(tuple(claimed))
        text = f"the layer gives {node.outputs[0]}, not {said}"
        failing = ClaimFails(text, label=f"claims {said}")
        self.report.add(failing, Place((*path, "expect")), origins(self.report, frame, node.reads))

    # --- what a layer builds ----------------------------------------------------------------

    def built(
        self,
        frame: Frame,
        layer: Layer,
        name: str,
        path: Path,
        asked: tuple[Port, ...],
        count: int | None,
    ) -> Node | None:
        """Build the node of a layer: an operation, a call, or a chain of repetitions."""
        given = [frame.values.read(port) for port in asked]
        if count is None:
            node = self.plain(frame, layer, name, path, asked, given)
            if node is not None:
                return node
        target = resolve(self.report, self.spec, layer, frame.keys, path)
        if target.operation is None and target.init is not None:
            text = "`init` belongs to an operation, not to a block or group"
            self.report.add(MisplacedKey(text), Place(target.init_path, key=True))
        unit = Unit(
            layer=layer,
            target=target,
            name=name,
            path=path,
            reads=tuple([item.port for item in given]),
            inputs=tuple([item.tensor for item in given]),
            origin=Origin(layer, asked, layer.arguments, target.parameter, target.init),
            sources=asked,
        )
        return self.unit(frame, unit) if count is None else chain(self, frame, unit, count)

    def plain(
        self,
        frame: Frame,
        layer: Layer,
        name: str,
        path: Path,
        asked: tuple[Port, ...],
        given: list[Given],
    ) -> Node | None:
        """Build the node of a plain operation the short way, if that is possible."""
        key = id(layer)
        if key not in self.plans:
            self.plans[key] = plan(self.spec, layer)
        found = self.plans[key]
        word = layer.word or layer.op
        if found is None or word in frame.scope.values or word in self.initial.computed:
            return None
        inputs = tuple([item.tensor for item in given if item.tensor is not None])
        if len(inputs) < len(given) or self.built_layers >= MOST_LAYERS:
            return None
        applied = found.applied(inputs, frame.keys, self.batch)
        if applied is None:
            return None
        self.built_layers += 1
        self.conditions.kept += applied.typed.conditions
        reads = tuple([item.port for item in given])
        origin = Origin(layer, asked, layer.arguments)
        return node_of(applied, name, path, reads, inputs, origin)

    def unit(self, frame: Frame, unit: Unit) -> Node | None:
        """Build one repetition of a layer."""
        self.built_layers += 1
        if self.built_layers > MOST_LAYERS + 1:
            raise Poisoned
        if self.built_layers > MOST_LAYERS:
            raise LimitExceeded(f"the network has more than {MOST_LAYERS:,} layers that differ")
        if unit.target.operation is not None:
            return self.leaf(frame, unit)
        module = self.block(frame, unit) if unit.target.block else self.group(frame, unit)
        if module is None:
            return None
        return call_of(unit, module)

    def leaf(self, frame: Frame, unit: Unit) -> Node | None:
        """Build the node of an operation."""

        def fail(problem: Problem, place: Place | None) -> None:
            if unit.repetition:
                text = f"this is repetition {unit.repetition} of the layer, counted from 0"
                problem.notes += (text,)
            place = place or Place(unit.path, key=True)
            self.report.add(problem, place, origins(self.report, frame, unit.sources))

        applied = apply(
            self.report,
            self.conditions,
            unit.target,
            unit.inputs,
            lambda: name_place(unit.layer, unit.path),
            self.batch,
            fail,
        )
        if applied is None:
            return None
        self.initial.check(self.report, unit.target, applied, self.model_scope)
        inputs = tuple(tensor for tensor in unit.inputs if tensor is not None)
        return node_of(applied, unit.name, unit.path, unit.reads, inputs, unit.origin)

    def group(self, frame: Frame, unit: Unit) -> Module | None:
        """Elaborate a group, which sees the names around it and its own inputs."""
        body = unit.target.body
        assert body is not None
        scope = Scope(unit.target.scope.values, {})
        return self.module(
            Kind.GROUP,
            unit.name,
            body,
            unit.target.path,
            scope,
            self.received(frame, unit, "a group"),
            frame.blocks,
            frame.depth + 1,
            {},
            frame.owned if frame.depth else frozenset(),
        )

    def received(self, frame: Frame, unit: Unit, who: str) -> dict[str, Tensor | None]:
        """Name the one value that a block or group receives `input`."""
        if len(unit.inputs) != 1:
            text = f"{who} takes 1 value, and receives {len(unit.inputs)}"
            problem = WrongArity(text, help="join them before, with `add` or `cat`")
            place = Place(unit.path, key=True)
            self.report.add(problem, place, origins(self.report, frame, unit.sources))
            raise Poisoned
        return {"input": unit.inputs[0]}

    def block(self, frame: Frame, unit: Unit) -> Module | None:
        """Specialise a block for its arguments and inputs, or find the specialisation."""
        name = unit.target.block
        assert name is not None
        if name in frame.blocks:
            circle = " uses ".join(f"`{item}`" for item in (*frame.blocks, name))
            raise BlockCycle(f"a block may not use itself: {circle}")
        definition = self.spec.blocks[name]
        place = name_place(unit.layer, unit.path)
        given = unit.target.arguments
        check_names(self.report, f"block `{name}`", definition.params, given, place)
        inputs = self.received(frame, unit, f"block `{name}`")
        path = ("blocks", name)
        arguments = bind(self.report, definition.params, given, self.model_scope, path)
        with self.report.call(unit.path, name, unit.repetition):
            return self.specialised(frame, name, arguments, inputs)

    def specialised(
        self,
        frame: Frame,
        name: str,
        arguments: Mapping[str, object],
        inputs: Mapping[str, Tensor | None],
    ) -> Module | None:
        """Elaborate a block for its arguments and inputs, unless that has been done."""
        self.called.add(name)
        definition, path = self.spec.blocks[name], ("blocks", name)
        key = (name, typed(arguments), tuple(inputs.items()))
        if key not in self.modules:
            self.modules[key] = self.module(
                Kind.BLOCK,
                name,
                definition,
                path,
                Scope(self.model_scope.extended(arguments).values),
                inputs,
                (*frame.blocks, name),
                frame.depth + 1,
                arguments,
                frozenset(arguments),
            )
        return self.modules[key]
