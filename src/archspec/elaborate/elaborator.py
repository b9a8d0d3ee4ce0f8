"""Elaborate bodies: the recursion from layers to modules and back, each specialisation once."""

import re
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import partial

from archspec.diagnostics import (
    BadName,
    BlockCycle,
    LimitExceeded,
    MisplacedKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    WrongArity,
    WrongType,
)
from archspec.elaborate.building import Included, Library
from archspec.elaborate.chains import MOST_DIFFERENT, Repetitions, chain
from archspec.elaborate.claims import check_claim
from archspec.elaborate.frames import Frame, Unit, call_of, node_of, origins
from archspec.elaborate.includes import included_module
from archspec.elaborate.initial import Initial, check_weights
from archspec.elaborate.keys import mentions, typed
from archspec.elaborate.names import Given, Values, gives_of
from archspec.elaborate.operations import Conditions, apply
from archspec.elaborate.parameters import bind, check_names
from archspec.elaborate.plain import Plan, plan, reads_nothing
from archspec.elaborate.report import Report
from archspec.elaborate.results import looked_at, order_of, results_of, tapped_names, without_idle
from archspec.elaborate.sharing import called_again, tied
from archspec.elaborate.targets import name_place, resolve
from archspec.elaborate.values import integer, number, truth
from archspec.expressions import POISON, Poisoned, Scope, filled
from archspec.graph import Call, Kind, Module, Node, Origin, Port
from archspec.spec import BROKEN, Body, Layer, Spec, check_layer_name, told
from archspec.tensors import Tensor

MOST_LAYERS = 20_000
"""The most layers that may be built, equal ones counted once."""

MOST_DEEP = 64
"""The most blocks and groups that may stand in each other."""


@dataclass(slots=True)
class Elaborator:
    """Elaborates one spec for one set of parameters; modules are kept by specialisation.

    `root` is what the places of the spec begin with, where it is used in another one, `space` the
    name of its parameters' space, and `included` are the specs that it uses itself.
    """

    spec: Spec
    report: Report
    batch: str = "N"
    root: Path = ()
    space: str = "model"
    included: Library = field(default_factory=dict)
    nested: dict[object, "Elaborator"] = field(default_factory=dict)
    symbols: Scope = field(default_factory=Scope)
    model_scope: Scope = field(default_factory=Scope)
    initial: Initial = field(default_factory=Initial)
    conditions: Conditions = field(default_factory=Conditions)
    modules: dict[object, Module | None] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    plans: dict[int, Plan | None] = field(default_factory=dict)
    tapped: dict[int, frozenset[str]] = field(default_factory=dict)
    built_layers: int = 0

    def quiet(self) -> "Elaborator":
        """Give an elaborator of the same spec, whose reports nobody reads."""
        return replace(self, report=Report(), conditions=Conditions(), called=set(), modules={})

    def inside(self, found: Included, parameters: Mapping[str, object]) -> "Elaborator":
        """Give what elaborates another spec for its parameters: what there is, or a new one."""
        key = (found.step, typed(parameters))
        if key not in self.nested:
            self.nested[key] = self._new_inside(found, parameters)
        return self.nested[key]

    def _new_inside(self, found: Included, parameters: Mapping[str, object]) -> "Elaborator":
        spec, root = found.spec, (found.step,)
        inner = replace(
            self,
            spec=spec,
            root=root,
            space=f"{self.space}{len(self.nested) + 1}_",
            included=found.included,
            nested={},
            initial=Initial(spec.init or {}, root),
            modules={},
            called=set(),
            plans={},
        )
        check_weights(self.report, spec.init or {}, root)
        inner.model_scope = inner.let(
            Frame(spec, root, Scope(parameters), Values({}, False), (), 0)
        )
        return inner

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
        outer: Frame | None = None,
        taps: tuple[str, ...] = (),
    ) -> Module | None:
        """Elaborate a body layer by layer; `None` where its result failed.

        With `taps` it gives these values instead of its outputs, and what they do not need is left
        out.
        """
        if depth > MOST_DEEP:
            raise LimitExceeded(f"blocks and groups stand in each other more than {MOST_DEEP} deep")
        looked = looked_at(body, taps) if taps else body.layers
        layers = {key: layer for key, layer in body.layers.items() if key in looked}
        values = Values(inputs, body.numbered, later=tuple(layers))
        owned = owned.union(body.let)
        keys = Scope(scope.values, values.tensors)
        if id(body) not in self.tapped:
            self.tapped[id(body)] = tapped_names(body)
        read = self.tapped[id(body)].union(tap.partition(".")[0] for tap in taps if "." in tap)
        frame = Frame(body, path, scope, values, blocks, depth, owned, keys, outer, read)
        if body.let and body is not self.spec:  # those of a spec are in its scope already
            frame = self.with_let(frame)
        for key, layer in layers.items():
            self.layer(frame, key, layer)
        results = results_of(self.report, frame, kind, taps)
        if results is None or any(tensor is None for tensor in inputs.values()):
            return None
        module = Module(
            kind=kind,
            name=name,
            path=path,
            inputs={key: tensor for key, tensor in inputs.items() if tensor is not None},
            nodes=tuple(values.nodes),
            results=results.ports,
            outputs=results.tensors,
            arguments=arguments,
            absent=values.absent,
            skipped=values.skipped,
            definition=body,
            names=values.names,
            scope=frame.scope.values,
            owned=frame.owned if body is not self.spec else frozenset(),
            splices=tuple(values.splices),
            packing=results.packing,
            labels=results.labels,
            training=results.training,
            order=order_of(self.report, frame) if body.order else (),
            space=self.space,
            spec=self.spec,
            asked=results.asked,
        )
        return without_idle(module) if taps else module

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
        name, count, node = values.name(key), None, None
        stage: str | None = None
        try:
            if layer.word == BROKEN:
                raise Poisoned
            if "{" in key and layer.repeat is None:
                name = filled(key, frame.keys)
                check_layer_name(name)
            if name in values.gives:
                raise BadName(f"`{name}` is the name of a layer or an input above")
            stage = ""
            asked = self.asked(frame, layer, path)
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
            self.report.add(problem, Place(path, key=True) if stage is None else place)
        except Poisoned:
            pass
        if node is None:
            self.fail(frame, key, name, count)
        else:
            self.place(frame, key, layer, path, node)

    def asked(
        self, frame: Frame, layer: Layer, path: Path, index: int | None = None
    ) -> tuple[Port, ...]:
        """Find what a layer reads; each reference that leads nowhere is reported at its place.

        `index` is that of the repetition, 0 where `None`.
        """
        if layer.reads is None:
            nothing = reads_nothing(self.spec, layer)
            return () if nothing else frame.values.asked(None)
        found: list[Port] = []
        failed = False
        for place, reference in enumerate(layer.references or ()):
            try:
                scope = frame.keys
                if "{" in reference and layer.repeat is not None:
                    scope = scope.extended({"index": index or 0})
                found += frame.values.asked((filled(reference, scope),))
            except Problem as problem:
                failed = True
                self.report.add(problem, Place((*path, "from", place)))
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

    def fail(self, frame: Frame, key: str, name: str, count: int | None) -> None:
        """Poison a layer that failed, and each of its repetitions that has a name of its own."""
        names = [name]
        if "{" in key and count:
            scopes = (frame.keys.extended({"index": index}) for index in range(min(count, 1000)))
            with suppress(Problem, Poisoned):
                names = [filled(key, scope) for scope in scopes]
        for item in names:
            if item not in frame.values.gives:
                frame.values.fail(key, item)

    def place(self, frame: Frame, key: str, layer: Layer, path: Path, node: Node) -> None:
        """Put a layer's node into the body, and check the claim about its output."""
        if layer.expect is not None and not self.root:
            check_claim(self.report, self.conditions, frame, layer, path, node, self.symbols)
        named = "{" in key and layer.repeat is not None
        if not layer.splice and not named:
            frame.values.add(key, node, gives_of(node))
            return
        try:
            self.splice(frame, key, layer, node, named=named)
        except Problem as problem:
            self.report.add(problem, Place(path, key=True) if named else Place((*path, "splice")))
            self.fail(frame, key, key, None)
        except Poisoned:
            self.fail(frame, key, key, None)

    def splice(self, frame: Frame, key: str, layer: Layer, node: Node, *, named: bool) -> None:
        """Let what the layer holds stand in its body, repetitions under names of their own."""

        def rename(number: str) -> str:
            return filled(key, frame.keys.extended({"index": int(number)}))

        if named and node.again is not None:
            text = f"what is called again has one name, and `{key}` gives each repetition its own"
            raise MisplacedKey(text, help="write each call by itself")
        if not isinstance(node, Call) or node.again is not None:
            raise MisplacedKey("`splice` is for what holds layers: a block, a group, a repetition")
        if layer.splice and named:
            raise MisplacedKey(f"`splice` leaves the name out, and `{key}` gives each its own")
        deep = layer.splice == "all"
        frame.values.splice(key, node, deep=deep, rename=rename if named else None)

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
        if layer.form == "share":
            return called_again(self, frame, layer, name, path, asked, count)
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
        if count is None:
            return self.unit(frame, unit)
        if target.operation is not None and target.operation.arity[1] == 0:
            raise MisplacedKey("`repeat` is for layers that read, and this one reads nothing")
        differs = any("{" in item and mentions_index(item) for item in layer.references or ())
        again = partial(self.asked, frame, layer, path) if differs else None
        return chain(self, frame, unit, Repetitions(count, again, name in frame.tapped))

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
        self.conditions.need(applied.typed.conditions, path)
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
        if unit.target.spec is not None:
            module = included_module(self, frame, unit)
        else:
            module = self.block(frame, unit) if unit.target.block else self.group(frame, unit)
        return None if module is None else call_of(unit, module)

    def leaf(self, frame: Frame, unit: Unit) -> Node | None:
        """Build the node of an operation."""

        def fail(problem: Problem, place: Place | None) -> None:
            if unit.repetition:
                text = f"this is repetition {unit.repetition} of the layer, counted from 0"
                problem.notes += (text,)
            place = place or Place(unit.path, key=True)
            self.report.add(problem, place, origins(self.report, frame, unit.sources))

        shared = None
        if unit.layer.share is not None:
            with self.report.at(Place((*unit.path, "share"))):
                shared = tied(frame, unit)
            unit = shared.unit
        applied = apply(
            self.report,
            unit.target,
            unit.inputs,
            lambda: name_place(unit.layer, unit.path),
            self.batch,
            fail,
        )
        if applied is None:
            return None
        self.conditions.need(applied.typed.conditions, unit.path)
        self.initial.check(self.report, unit.target, applied, self.model_scope)
        inputs = tuple(tensor for tensor in unit.inputs if tensor is not None)
        node = node_of(applied, unit.name, unit.path, unit.reads, inputs, unit.origin)
        if shared is None:
            return node
        with self.report.at(Place((*unit.path, "share"))):
            return shared.checked(node)

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
            self.received(frame, unit, body, "a group"),
            frame.blocks,
            frame.depth + 1,
            {},
            frame.owned if frame.depth else frozenset(),
            outer=frame,
        )

    def received(self, frame: Frame, unit: Unit, body: Body, who: str) -> dict[str, Tensor | None]:
        """Name the values that a block or group receives."""
        names, count = body.received, len(unit.inputs)
        if count != len(names):
            plural = "value" if len(names) == 1 else "values"
            text = f"{who} takes {len(names)} {plural}, and receives {count}"
            alone = len(names) == 1 and count > 1
            help = "join them before, with `add` or `cat`, or give it `inputs`" if alone else None
            place = Place(unit.path, key=True)
            related = origins(self.report, frame, unit.sources)
            self.report.add(WrongArity(text, help=help), place, related)
            raise Poisoned
        return dict(zip(names, unit.inputs, strict=True))

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
        inputs = self.received(frame, unit, definition, f"block `{name}`")
        path = (*self.root, "blocks", name)
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
        definition, path = self.spec.blocks[name], (*self.root, "blocks", name)
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


def mentions_index(reference: str) -> bool:
    """Say whether a reference differs from repetition to repetition.

    >>> mentions_index("down{depth - index}"), mentions_index("index")
    (True, False)
    """
    return any(re.search(r"\bindex\b", part) for part in re.findall(r"\{([^{}]*)\}", reference))
