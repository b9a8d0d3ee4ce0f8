"""Elaborate bodies: the recursion from layers to modules and back, each specialisation once."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import partial

from archspec.diagnostics import (
    BadName,
    LimitExceeded,
    MisplacedKey,
    Path,
    Place,
    Problem,
    WrongType,
)
from archspec.document import BROKEN, Body, Layer, Spec, check_layer_name, quoted
from archspec.elaborate.absent import absences, lost_inside, where_absent
from archspec.elaborate.apply import Plan
from archspec.elaborate.calls import block, group, included_module
from archspec.elaborate.chains import Repetitions, asked, chain, differs, times
from archspec.elaborate.fixed_kernels import Kernels, kernels_of
from archspec.elaborate.frames import (
    Frame,
    Included,
    Inputs,
    Library,
    Specialisation,
    Unit,
    call_of,
    unit_of,
)
from archspec.elaborate.initial_weights import Initial, check_weights
from archspec.elaborate.leaves import LeftOut, blind, fail, leaf, place, plain
from archspec.elaborate.namespace import Values
from archspec.elaborate.outside import hidden
from archspec.elaborate.report import Report
from archspec.elaborate.results import (
    Results,
    looked_at,
    order_of,
    results_of,
    tapped_names,
    without_idle,
)
from archspec.elaborate.rules import Conditions
from archspec.elaborate.sharing import called_again
from archspec.elaborate.targets import name_place, typed
from archspec.elaborate.values import number
from archspec.expressions import POISON, Poisoned, Scope, filled
from archspec.graph import Module, Node, Port

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
    nested: dict[tuple[str, object], "Elaborator"] = field(default_factory=dict)
    symbols: Scope = field(default_factory=Scope)
    model_scope: Scope = field(default_factory=Scope)
    initial: Initial = field(default_factory=Initial)
    kernels: Kernels = field(default_factory=dict)
    conditions: Conditions = field(default_factory=Conditions)
    modules: dict[object, Module | None] = field(default_factory=dict)
    called: set[str] = field(default_factory=set)
    plans: dict[int, Plan | None] = field(default_factory=dict)
    tapped: dict[int, frozenset[str]] = field(default_factory=dict)
    left_out: dict[Path, LeftOut] = field(default_factory=dict)
    built_layers: int = 0

    def quiet(self) -> "Elaborator":
        """Give an elaborator of the same spec, whose reports nobody reads."""
        return replace(
            self, report=Report(), conditions=Conditions(), called=set(), modules={}, left_out={}
        )

    def inside(self, found: Included, parameters: Mapping[str, object]) -> "Elaborator":
        """Give what elaborates another spec for its parameters: what there is, or a new one."""
        key = (found.step, typed(parameters))
        if key not in self.nested:
            self.nested[key] = self._new_inside(found, parameters)
        return self.nested[key]

    def _new_inside(self, found: Included, parameters: Mapping[str, object]) -> "Elaborator":
        spec, root = found.spec, (found.step,)
        steps = list(dict.fromkeys(key[0] for key in (*self.nested, (found.step, None))))
        inner = replace(
            self,
            spec=spec,
            root=root,
            space=f"{self.space}{steps.index(found.step) + 1}_",
            included=found.included,
            nested={},
            initial=Initial(spec.init or {}, root),
            modules={},
            called=set(),
            plans={},
        )
        check_weights(self.report, spec, root)
        inner.model_scope = inner.let(spec, root, Scope(parameters))
        inner.kernels = kernels_of(self.report, spec, inner.model_scope, root)
        return inner

    # --- bodies -----------------------------------------------------------------------------

    def module(self, wanted: Specialisation, inputs: Inputs) -> Module | None:
        """Elaborate a body layer by layer; `None` where its result failed."""
        if wanted.depth > MOST_DEEP:
            raise LimitExceeded(f"blocks and groups stand in each other more than {MOST_DEEP} deep")
        frame = self._frame(wanted, inputs)
        for key in frame.values.later:
            self.layer(frame, key, wanted.body.layers[key])
        results = results_of(self.report, frame, wanted.kind, wanted.taps)
        if results is None or any(tensor is None for tensor in inputs.values()):
            return None
        module = self._made(wanted, frame, results)
        return without_idle(module) if wanted.taps or results.partial else module

    def _frame(self, wanted: Specialisation, inputs: Inputs) -> Frame:
        """Begin a body, with its `let` names; those of a spec are in its scope already."""
        body, taps = wanted.body, wanted.taps
        looked = looked_at(body, taps) if taps else body.layers
        later = tuple([key for key in body.layers if key in looked])
        values = Values(inputs, body.numbered, later=later)
        frame = Frame(
            body=body,
            path=wanted.path,
            scope=Scope(wanted.scope.values),
            values=values,
            blocks=wanted.blocks,
            depth=wanted.depth,
            owned=wanted.owned.union(body.let),
            outer=wanted.outer,
            around=wanted.around,
            tapped=self._tapped(body).union(tap.partition(".")[0] for tap in taps if "." in tap),
        )
        keys = Scope(wanted.scope.values, values.tensors, partial(hidden, frame))
        if body.let and body is not self.spec:
            keys = self.let(body, wanted.path, keys)
        return replace(frame, scope=Scope(keys.values), keys=keys)

    def _tapped(self, body: Body) -> frozenset[str]:
        """Name the layers of a body of which a repetition is read, found once."""
        if id(body) not in self.tapped:
            self.tapped[id(body)] = tapped_names(body)
        return self.tapped[id(body)]

    def _made(self, wanted: Specialisation, frame: Frame, results: Results) -> Module:
        """Make the module of a body whose layers are all there."""
        values, body = frame.values, frame.body
        return Module(
            kind=wanted.kind,
            name=wanted.name,
            path=wanted.path,
            inputs={key: item for key, item in values.inputs.items() if item is not None},
            nodes=tuple(values.nodes),
            results=results.ports,
            outputs=results.tensors,
            arguments=wanted.arguments,
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

    def let(self, body: Body, path: Path, scope: Scope) -> Scope:
        """Evaluate the `let` names of a body, each seeing those before it."""
        for name, raw in body.let.items():
            scope = scope.extended({name: self._let_value(raw, scope, (*path, "let", name))})
        return scope

    def _let_value(self, raw: object, scope: Scope, path: Path) -> object:
        """Evaluate one `let` name, or report it and poison it."""
        try:
            if raw is None or isinstance(raw, Mapping):
                raise WrongType(f"a `let` name is a number or an expression, not {quoted(raw)}")
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
        name, count, node, built = values.name(key), None, None, False
        reads: tuple[Port, ...] = ()
        try:
            if layer.word == BROKEN:
                raise Poisoned
            if "{" in key and layer.repeat is None:
                with self.report.at(Place(path, key=True)):
                    name = filled(key, frame.keys)
                    check_layer_name(name)
            if name in values.gives:
                self._twice(name, path)
            reads = asked(self.report, self.spec, frame, layer, path)
            if layer.when is not None or layer.repeat is not None:
                count = times(self.report, frame, layer, path)
            if count == 0:
                values.leave_out(key, name, reads)
                self.report.absent.add(path)
                self.left_out.setdefault(path, LeftOut(self, frame, layer, name))
                return
            built = True
            node = self._built(frame, layer, name, path, reads, count)
        except Problem as problem:
            problem.notes += absences(frame, reads)
            self.report.add(problem, name_place(layer, path))
        except Poisoned:
            pass
        if node is None:
            if not built and layer.word != BROKEN:
                blind(self, frame, layer, name, path)
            fail(frame, key, name, count)
        else:
            place(self, frame, key, layer, path, node)
            self.report.built.add(path)

    def _twice(self, name: str, path: Path) -> None:
        """Report a name that something above has already."""
        problem = BadName(f"`{name}` is the name of a layer or an input above")
        self.report.add(problem, Place(path, key=True))
        raise Poisoned

    def _built(
        self,
        frame: Frame,
        layer: Layer,
        name: str,
        path: Path,
        reads: tuple[Port, ...],
        count: int | None,
    ) -> Node | None:
        """Build the node of a layer: an operation, a call, or a chain of repetitions."""
        if layer.share is not None and layer.op is None:
            return called_again(self, frame, layer, name, path, reads, count)
        given = [frame.values.read(port) for port in reads]
        if count is None and self.built_layers < MOST_LAYERS:
            node = plain(self, frame, layer, name, path, reads, given)
            if node is not None:
                self.built_layers += 1
                return node
        unit = unit_of(self, frame, layer, name, path, reads, given)
        if count is None:
            return self.unit(frame, unit)
        operation = unit.target.operation
        if operation is not None and operation.arity[1] == 0:
            raise MisplacedKey("`repeat` is for layers that read, and this one reads nothing")
        again = partial(asked, self.report, self.spec, frame, layer, path)
        repeated = Repetitions(
            count, again if differs(layer) else None, tapped=name in frame.tapped
        )
        return chain(self, frame, unit, repeated)

    def unit(self, frame: Frame, unit: Unit) -> Node | None:
        """Build one repetition of a layer."""
        self.built_layers += 1
        if self.built_layers > MOST_LAYERS + 1:
            raise Poisoned
        if self.built_layers > MOST_LAYERS:
            raise LimitExceeded(f"the network has more than {MOST_LAYERS:,} layers that differ")
        if unit.target.operation is not None:
            return leaf(self, frame, unit)
        make = group if unit.target.body is not None else block
        make = included_module if unit.target.spec is not None else make
        module = make(self, frame, unit)
        lost = None if module is None else lost_inside(frame, unit, module)
        if lost is not None:
            self.report.add(lost, Place(unit.path, key=True), where_absent(frame, unit))
        return None if module is None else call_of(unit, module)
