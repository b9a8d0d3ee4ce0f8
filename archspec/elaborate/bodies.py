"""Elaborate bodies: from layers to modules and back, each specialisation once.

`module` goes through the layers of a body; `_layer` finds out whether one is there and how often,
`build` makes its node; for a block, a group or another spec that takes a module again.
"""

from collections.abc import Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from functools import partial

from archspec.diagnostics import (
    BadName,
    BlockCycle,
    LimitExceeded,
    MisplacedKey,
    Path,
    Place,
    Problem,
    RankMismatch,
    Remedy,
    UnknownReference,
    Word,
    WrongArity,
    WrongDtype,
)
from archspec.document import BROKEN, Body, Layer, Spec, check_layer_name, close_match, listed
from archspec.elaborate.advice.branches import lost_branch, lost_inside
from archspec.elaborate.advice.misapplied import Misapplied
from archspec.elaborate.advice.outside import hidden, hidden_value
from archspec.elaborate.advice.several import one_value
from archspec.elaborate.advice.sources import absences, origins, where_absent
from archspec.elaborate.apply import apply
from archspec.elaborate.chains import chain, requested, times
from archspec.elaborate.namespace import Given, Values, gives_of
from archspec.elaborate.parameters import bind, check_names, with_let
from archspec.elaborate.results import (
    Results,
    check_claim,
    looked_at,
    order_of,
    results_of,
    tapped_names,
    without_idle,
)
from archspec.elaborate.sharing import called_again, tied
from archspec.elaborate.state import (
    Around,
    Frame,
    Included,
    Inputs,
    LeftOut,
    Specialisation,
    State,
    Unit,
    unknown,
)
from archspec.elaborate.targets import Written, name_place, reads_nothing, resolve, typed
from archspec.expressions import POISON, Poisoned, Scope, filled
from archspec.graph import Call, Kind, Leaf, Module, Node, Origin, Port
from archspec.sizes import Tensor

MOST_LAYERS = 20_000
"""The most layers that may be built, equal ones counted once."""

MOST_DEEP = 64
"""The most blocks and groups that may stand in each other."""

_MOST_POISONED = 1000

_MOST_WAYS = 8
"""So many names are offered one by one in the place of a wrong one."""


# --- bodies -----------------------------------------------------------------------------------


def specialised(state: State, wanted: Specialisation, inputs: Inputs) -> Module | None:
    """Elaborate a block, or another spec, for its arguments and inputs, unless that is done."""
    key = (wanted.path, wanted.taps, typed(wanted.arguments), tuple(inputs.items()))
    if key not in state.modules:
        state.modules[key] = module(state, wanted, inputs)
    return state.modules[key]


def module(state: State, wanted: Specialisation, inputs: Inputs) -> Module | None:
    """Elaborate a body layer by layer; `None` where its result failed."""
    if wanted.depth > MOST_DEEP:
        raise LimitExceeded(f"blocks and groups stand in each other more than {MOST_DEEP} deep")
    frame = _frame(state, wanted, inputs)
    for key in frame.values.later:
        _layer(state, frame, key, wanted.body.layers[key])
    results = results_of(state.report, frame, wanted.kind, wanted.taps)
    if results is None or any(tensor is None for tensor in inputs.values()):
        return None
    made = _module(state, wanted, frame, results)
    return without_idle(made) if wanted.taps or results.partial else made


def _frame(state: State, wanted: Specialisation, inputs: Inputs) -> Frame:
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
        tapped=_tapped(state, body).union(tap.partition(".")[0] for tap in taps if "." in tap),
    )
    values.outside = partial(hidden_value, frame)
    keys = Scope(wanted.scope.values, values.tensors, partial(hidden, frame))
    if body.let and body is not state.spec:
        keys = with_let(state.report, body, wanted.path, keys)
    return replace(frame, scope=Scope(keys.values), keys=keys)


def _tapped(state: State, body: Body) -> frozenset[str]:
    """Name the layers of a body of which a repetition is read, once for each body."""
    if id(body) not in state.tapped:
        state.tapped[id(body)] = tapped_names(body)
    return state.tapped[id(body)]


def _module(state: State, wanted: Specialisation, frame: Frame, results: Results) -> Module:
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
        owned=frame.owned if body is not state.spec else frozenset(),
        splices=tuple(values.splices),
        packing=results.packing,
        labels=results.labels,
        training=results.training,
        order=order_of(state.report, frame) if body.order else (),
        space=state.space,
        spec=state.spec,
        asked=results.requested,
    )


# --- layers -----------------------------------------------------------------------------------


def _layer(state: State, frame: Frame, key: str, layer: Layer) -> None:
    """Elaborate one layer, whatever its form; a failure poisons what it gives."""
    values, path = frame.values, (*frame.path, "layers", key)
    name, count, node, tried = values.name(key), None, None, False
    reads: tuple[Port, ...] = ()
    try:
        if layer.word == BROKEN:
            raise Poisoned
        name = _named(state, frame, key, name, layer, path)
        reads = requested(state, frame, layer, path)
        if layer.when is not None or layer.repeat is not None:
            count = times(state.report, frame, layer, path)
        if count == 0:
            values.leave_out(key, name, reads)
            state.report.absent.add(path)
            state.left_out.setdefault(path, LeftOut(state, frame, layer, name))
            return
        tried = True
        state.tried.add(path)
        node = _node(state, frame, layer, name, path, reads, count)
    except Problem as problem:
        problem.notes += absences(frame, reads)
        state.report.add(problem, name_place(layer, path))
    except Poisoned:
        pass
    if node is None:
        if not tried and layer.word != BROKEN:
            _check_unbuilt(state, frame, layer, name, path)
        _fail(frame, key, name, count)
    else:
        _place(state, frame, key, layer, path, node)
        state.report.built.add(path)


def _named(state: State, frame: Frame, key: str, name: str, layer: Layer, path: Path) -> str:
    """Fill in the name of a layer, and hold that nothing above has it."""
    place = Place(path, key=True)
    if "{" in key and layer.repeat is None:
        with state.report.at(place):
            name = filled(key, frame.keys)
            check_layer_name(name)
    if name in frame.values.gives:
        problem = BadName(f"`{name}` is the name of a layer or an input above")
        state.report.add(problem, place)
        raise Poisoned
    return name


def _node(
    state: State,
    frame: Frame,
    layer: Layer,
    name: str,
    path: Path,
    reads: tuple[Port, ...],
    count: int | None,
) -> Node | None:
    """Make the node of a layer: an operation, a call, or a chain of repetitions."""
    if layer.share is not None and layer.op is None:
        call = partial(_on_other_inputs, state)
        return called_again(state, call, frame, layer, name, path, reads, count)
    given = [frame.values.read(port) for port in reads]
    unit = _unit(state, frame, layer, name, path, reads, given)
    if count is None:
        return build(state, frame, unit)
    operation = unit.target.operation
    if operation is not None and operation.arity[1] == 0:
        raise MisplacedKey("`repeat` is for layers that read, and this one reads nothing")
    return chain(state, build, frame, unit, count)


def _unit(
    state: State,
    frame: Frame,
    layer: Layer,
    name: str,
    path: Path,
    reads: tuple[Port, ...],
    given: Sequence[Given],
) -> Unit:
    """Find out what a layer is, and what it reads."""
    target = resolve(state.report, state.spec, layer, frame.keys, path)
    if target.operation is None and target.init is not None:
        text = "`init` belongs to an operation, not to a block or group"
        state.report.add(MisplacedKey(text), Place(target.init_path, key=True))
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


def build(state: State, frame: Frame, unit: Unit) -> Node | None:
    """Build one repetition of a layer; `None` where that failed and was reported."""
    state.built_layers += 1
    if state.built_layers > MOST_LAYERS + 1:
        raise Poisoned
    if state.built_layers > MOST_LAYERS:
        raise LimitExceeded(f"the network has more than {MOST_LAYERS:,} layers that differ")
    if unit.target.operation is not None:
        return _operation(state, frame, unit)
    if unit.target.spec is not None:
        called = _included(state, frame, unit)
    elif unit.target.body is not None:
        called = _group(state, frame, unit)
    else:
        called = _block(state, frame, unit)
    if called is None:
        return None
    lost = lost_inside(frame, unit, called)
    if lost is not None:
        state.report.add(lost, Place(unit.path, key=True), where_absent(frame, unit))
    return unit.call(called)


# --- operations -------------------------------------------------------------------------------


def _operation(state: State, frame: Frame, unit: Unit) -> Leaf | None:
    """Make the node of an operation, with the weight of an earlier one where it shares that."""
    if unit.layer.share is None:
        return _applied(state, frame, unit)
    place = Place((*unit.path, "share"))
    with state.report.at(place):
        shared = tied(frame, unit)
    node = _applied(state, frame, shared.unit)
    if node is None:
        return None
    with state.report.at(place):
        return shared.checked(node)


def _applied(state: State, frame: Frame, unit: Unit) -> Leaf | None:
    """Apply the operation to what it reads; `None` where that failed and was reported."""
    lost = lost_branch(frame, unit)
    if lost is not None:
        state.report.add(lost, Place(unit.path, key=True), where_absent(frame, unit))
        return None
    applied = apply(unit.target, unit.inputs, state.batch, state.kernels)
    if applied is None:
        Misapplied(state, frame, unit, partial(_reading, state.quiet(), frame)).report()
        return None
    state.conditions.need(applied.typed.conditions, unit.path)
    state.initial.check(state.report, unit.target, applied, state.model_scope)
    return Leaf(
        name=unit.name,
        path=unit.path,
        reads=unit.reads,
        inputs=tuple([tensor for tensor in unit.inputs if tensor is not None]),
        outputs=applied.typed.outputs,
        origin=unit.origin,
        operation=applied.operation,
        given=applied.given,
        typed=applied.typed,
        trainable=unit.layer.trainable,
    )


def _reading(state: State, frame: Frame, node: Node, tensor: Tensor) -> Node | None:
    """Build a layer again as if it read another tensor; `None` where it cannot."""
    layer, given = node.origin.layer, [Given(node.reads[0], tensor)]
    assert layer is not None
    try:
        unit = _unit(state, frame, layer, node.name, node.path, node.reads, given)
        return build(state, frame, unit)
    except (Problem, Poisoned):
        return None


# --- blocks, groups, and other specs ----------------------------------------------------------


def _received(state: State, frame: Frame, unit: Unit, body: Body, who: str) -> Inputs:
    """Name the values that a block or group receives."""
    names, count = body.received, len(unit.inputs)
    if count == len(names):
        return dict(zip(names, unit.inputs, strict=True))
    plural = "value" if len(names) == 1 else "values"
    text = f"{who} takes {len(names)} {plural}, and receives {count}"
    help = None
    if len(names) == 1 and count > 1:
        choice = one_value(frame, unit)
        help = Remedy(f"{choice}, or give it `inputs`", *choice.ways)
    problem = WrongArity(text, notes=absences(frame, unit.sources), help=help)
    related = origins(state.report, frame, unit.sources)
    state.report.add(problem, Place(unit.path, key=True), related)
    raise Poisoned


def _group(state: State, frame: Frame, unit: Unit) -> Module | None:
    """Elaborate a group, which sees the names around it and its own inputs."""
    body = unit.target.body
    assert body is not None
    wanted = Specialisation(
        kind=Kind.GROUP,
        name=unit.name,
        body=body,
        path=unit.target.path,
        scope=Scope(unit.target.scope.values, {}),
        blocks=frame.blocks,
        depth=frame.depth + 1,
        owned=frame.owned if frame.depth else frozenset(),
        outer=frame,
        around=Around(frame, unit),
    )
    return module(state, wanted, _received(state, frame, unit, body, "a group"))


def _block(state: State, frame: Frame, unit: Unit) -> Module | None:
    """Specialise a block for its arguments and inputs."""
    name = unit.target.block
    assert name is not None
    if name in frame.blocks:
        circle = " uses ".join(f"`{item}`" for item in (*frame.blocks, name))
        raise BlockCycle(f"a block may not use itself: {circle}")
    definition, given = state.spec.blocks[name], unit.target.arguments
    place = name_place(unit.layer, unit.path)
    checked = check_names(state.report, f"block `{name}`", definition.params, given, place)
    inputs = _received(state, frame, unit, definition, f"block `{name}`")
    path = (*state.root, "blocks", name)
    arguments = bind(state.report, definition.params, checked, state.model_scope, path)
    with state.report.call(unit.path, name, unit.repetition):
        called = specialised_block(state, Around(frame, unit), name, arguments, inputs)
    return called if checked is given else None


def specialised_block(
    state: State, around: Around, name: str, arguments: Mapping[str, object], inputs: Inputs
) -> Module | None:
    """Elaborate a block of the spec for its arguments and inputs, unless that is done."""
    state.called.add(name)
    return specialised(state, state.block(around, name, arguments), inputs)


def _on_other_inputs(
    state: State, frame: Frame, earlier: Module, inputs: Mapping[str, Tensor]
) -> Module | None:
    """Elaborate the body of an earlier block or group again, for other inputs."""
    if earlier.kind is Kind.BLOCK:
        around = Around(frame)
        return specialised_block(state, around, earlier.name, earlier.arguments, inputs)
    assert earlier.definition is not None
    wanted = Specialisation(
        kind=Kind.GROUP,
        name=earlier.name,
        body=earlier.definition,
        path=earlier.path,
        scope=Scope(earlier.scope),
        blocks=frame.blocks,
        depth=frame.depth + 1,
        owned=earlier.owned,
        outer=frame,
    )
    return module(state, wanted, inputs)


def _included(state: State, frame: Frame, unit: Unit) -> Module | None:
    """Build another spec as a block: its parameters are passed, its outputs or taps are given."""
    name = str(unit.target.spec)
    included = state.included.get(name)
    if included is None:
        raise Poisoned  # it could not be read, which is reported where it is named
    spec = included.spec
    inner = state.inside(included, _passed(state, included, unit))
    inputs = _received(state, frame, unit, spec, f"`{name}`")
    _check_received(spec, inputs)
    taps = tuple(str(tap) for tap in unit.layer.taps or ())
    for index, tap in enumerate(taps):
        with state.report.at(Place((*unit.path, "taps", index))):
            _check_tap(spec, tap)
    wanted = Specialisation(
        kind=Kind.BLOCK,
        name=spec.name,
        body=spec,
        path=inner.root,
        scope=inner.model_scope,
        depth=frame.depth + 1,
        arguments={name: inner.model_scope.values[name] for name in spec.params},
        taps=taps,
    )
    with state.report.call(unit.path, spec.name, unit.repetition):
        return specialised(inner, wanted, inputs)


def _passed(state: State, included: Included, unit: Unit) -> dict[str, object]:
    """Give the parameters of a spec: its variant's, and those that the layer passes."""
    name, params, given = str(unit.target.spec), included.spec.params, unit.target.arguments
    if included.variant is not None:
        path: Path = (included.step, "variants", included.variant, "parameters")
        raw = included.spec.variants[included.variant].parameters
        own = {key: Written(value, Scope(), (*path, key)) for key, value in raw.items()}
        given = {**own, **given}
    place = Place((*unit.path, "spec"))
    if check_names(state.report, f"`{name}`", params, given, place) is not given:
        raise Poisoned
    return bind(state.report, params, given, Scope(), (included.step,))


def _check_received(spec: Spec, inputs: Inputs) -> None:
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


def _check_tap(spec: Spec, tap: str) -> None:
    """Hold that a layer is there, as far as names are certain before they are filled in."""
    name = tap.partition(".")[0]
    if name not in spec.layers and not any("{" in key for key in spec.layers):
        ways = (Word(tap, layer) for layer in [*spec.layers][:_MOST_WAYS])
        layers = Remedy(f"its layers are {listed(spec.layers)}", *ways)
        help = close_match(name, spec.layers) or layers
        raise UnknownReference(f"`{spec.name}` has no layer `{name}` to tap", help=help)


# --- layers that are not built ----------------------------------------------------------------


def check_left_out(left_out: dict[Path, LeftOut]) -> None:
    """Check the layers that are absent wherever their body is built, whatever they see.

    What they hold may have absent layers of its own, which are checked in their turn.
    """
    checked: set[Path] = set()
    while left_out:
        path, (state, frame, layer, name) = left_out.popitem()
        if path not in checked and path not in state.tried:
            checked.add(path)
            _check_unbuilt(state, unknown(frame), layer, name, path)


def _check_unbuilt(state: State, frame: Frame, layer: Layer, name: str, path: Path) -> None:
    """Check what a layer is, and its arguments, though it is uncertain what it reads."""
    if layer.share is not None:
        return
    references = layer.references
    if references is None:
        references = ("",) * (not reads_nothing(state.spec, layer))
    given = [Given(Port(reference), None) for reference in references]
    if layer.repeat is not None:
        frame = replace(frame, keys=frame.keys.extended({"index": POISON}))
    try:
        unit = _unit(state, frame, layer, name, path, (), given)
        if _is_countable(unit, references):
            build(state, frame, unit)
    except Problem as problem:
        state.report.add(problem, name_place(layer, path))
    except Poisoned:
        pass


def _is_countable(unit: Unit, references: Sequence[str]) -> bool:
    """Say whether it is certain how many values a layer reads, or all the same to it."""
    operation = unit.target.operation
    any_number = operation is not None and operation.arity[1] is None
    return any_number or not any("*" in reference for reference in references)


# --- what a layer gives, in its body: under its name, under several, or without one ------------


def _place(state: State, frame: Frame, key: str, layer: Layer, path: Path, node: Node) -> None:
    """Put a layer's node into the body, and check the claim about its output."""
    if layer.expect is not None and not state.root:
        check_claim(state, frame, layer, path, node)
    named = "{" in key and layer.repeat is not None
    if not layer.splice and not named:
        frame.values.add(key, node, gives_of(node))
        return
    try:
        _splice(frame, key, layer, node, named=named)
    except Problem as problem:
        where = Place(path, key=True) if named else Place((*path, "splice"))
        state.report.add(problem, where)
        _fail(frame, key, key, None)
    except Poisoned:
        _fail(frame, key, key, None)


def _fail(frame: Frame, key: str, name: str, count: int | None) -> None:
    """Poison a layer that failed, and each of its repetitions that has a name of its own."""
    names = [name]
    if "{" in key and count:
        numbers = range(min(count, _MOST_POISONED))
        with suppress(Problem, Poisoned):
            names = [_numbered(frame, key, index) for index in numbers]
    for item in names:
        if item not in frame.values.gives:
            frame.values.fail(key, item)


def _splice(frame: Frame, key: str, layer: Layer, node: Node, *, named: bool) -> None:
    """Let what the layer holds stand in its body, repetitions under names of their own."""

    def rename(number: str) -> str:
        return _numbered(frame, key, int(number))

    if named and node.again is not None:
        text = f"what is called again has one name, and `{key}` gives each repetition its own"
        raise MisplacedKey(text, help="write each call by itself")
    if not isinstance(node, Call) or node.again is not None:
        raise MisplacedKey("`splice` is for what holds layers: a block, a group, a repetition")
    if layer.splice and named:
        raise MisplacedKey(f"`splice` leaves the name out, and `{key}` gives each its own")
    deep = layer.splice == "all"
    frame.values.splice(key, node, deep=deep, rename=rename if named else None)


def _numbered(frame: Frame, key: str, index: int) -> str:
    """Fill in the name of a repetition."""
    return filled(key, frame.keys.extended({"index": index}))
