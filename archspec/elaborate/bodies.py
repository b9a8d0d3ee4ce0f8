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
    OutOfRange,
    Path,
    Place,
    Problem,
    Remedy,
    WrongArity,
)
from archspec.document import BROKEN, Body, Layer, check_layer_name
from archspec.elaborate.advice.branches import lost_branch, lost_inside
from archspec.elaborate.advice.misapplied import Misapplied
from archspec.elaborate.advice.outside import hidden, hidden_value
from archspec.elaborate.advice.sources import absences, one_value, origins, where_absent
from archspec.elaborate.apply import apply, leaf_of
from archspec.elaborate.chains import MOST_DIFFERENT, chain
from archspec.elaborate.namespace import Given, Values, gives_of
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
    Inputs,
    Site,
    Specialisation,
    State,
    Unit,
    check_received,
    check_tap,
    unknown,
)
from archspec.elaborate.targets import mentions, name_place, reads_nothing, resolve, typed
from archspec.elaborate.values import bind, check_names, integer, number, truth, with_let
from archspec.expressions import POISON, Poisoned, Scope, filled
from archspec.graph import Call, Kind, Leaf, Module, Node, Origin, Port, Provenance
from archspec.sizes import Tensor

MOST_LAYERS = 20_000
"""The most layers that may be built, equal ones counted once."""

MOST_DEEP = 64
"""The most blocks and groups that may stand in each other."""

_MOST_POISONED = 1000


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
    made, values = _module(state, wanted, frame, results), frame.values
    idle = frozenset[str]()
    if wanted.taps or results.partial:
        made, idle = without_idle(made, values)
    names = {key: name for key, name in values.names.items() if name not in idle}
    state.provenance[made] = Provenance(names, values.absent, results.requested)
    return made


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
        definition=body,
        spec=state.spec,
        scope=frame.scope.values,
        splices=tuple(values.splices),
        packing=results.packing,
        labels=results.labels,
        training=results.training,
        order=order_of(state.report, frame) if body.order else (),
    )


# --- layers -----------------------------------------------------------------------------------


def _layer(state: State, frame: Frame, key: str, layer: Layer) -> None:
    """Elaborate one layer, whatever its form; a failure poisons what it gives."""
    path = (*frame.path, "layers", key)
    site = Site(frame, key, layer, path, frame.values.name(key))
    reads: tuple[Port, ...] = ()
    count, node, tried = None, None, False
    try:
        if layer.word == BROKEN:
            raise Poisoned
        site = _named(state, site)
        reads = _requested(state, site)
        if layer.when is not None or layer.repeat is not None:
            count = _times(state, site)
        if count == 0:
            frame.values.leave_out(key, site.name, reads)
            state.report.absent.add(path)
            state.left_out.setdefault(path, (state, site))
            return
        tried = True
        state.tried.add(path)
        node = _node(state, site, reads, count)
    except Problem as problem:
        problem.notes += absences(frame, reads)
        state.report.add(problem, name_place(layer, path))
    except Poisoned:
        pass
    if node is not None:
        _place(state, site, node)
        state.report.built.add(path)
        return
    if not tried and layer.word != BROKEN:
        _check_unbuilt(state, site)
    _fail(site, count)


def _named(state: State, site: Site) -> Site:
    """Fill in the name of a layer, and hold that nothing above has it."""
    frame, key, layer, path, name = site
    if "{" not in key and name not in frame.values.gives:
        return site
    with state.report.at(Place(path, key=True)):
        if "{" in key and layer.repeat is None:
            name = check_layer_name(filled(key, frame.keys))
        if name in frame.values.gives:
            raise BadName(f"`{name}` is the name of a layer or an input above")
    return site._replace(name=name)


def _node(state: State, site: Site, reads: tuple[Port, ...], count: int | None) -> Node | None:
    """Make the node of a layer: an operation, a call, or a chain of repetitions."""
    frame, layer = site.frame, site.layer
    if layer.share is not None and layer.op is None:
        return called_again(state, partial(_on_other_inputs, state), site, reads, count)
    given = [frame.values.read(port) for port in reads]
    planned = _planned(state, site, reads, given) if count is None else None
    if planned is not None:
        return planned
    unit = _unit(state, site, reads, given)
    if count is None:
        return build(state, frame, unit)
    operation = unit.target.operation
    if operation is not None and operation.arity[1] == 0:
        raise MisplacedKey("`repeat` is for layers that read, and this one reads nothing")
    return chain(state, build, partial(_requested, state, site), frame, unit, count)


def _unit(state: State, site: Site, reads: tuple[Port, ...], given: Sequence[Given]) -> Unit:
    """Find out what a layer is, and what it reads."""
    frame, _, layer, path, name = site
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
        origin=Origin(
            layer, reads, layer.arguments, target.parameter, target.init, label=layer.label
        ),
        sources=reads,
    )


def _planned(
    state: State, site: Site, ports: tuple[Port, ...], given: Sequence[Given]
) -> Leaf | None:
    """Make the node of a plain layer at once; `None` where that takes a closer look."""
    frame, _, layer, path, name = site
    planned = state.plan(layer)
    hidden = (layer.word or layer.op) in frame.scope.values
    inputs = tuple([item.tensor for item in given if item.tensor is not None])
    if planned is None or hidden or state.initial.computed or len(inputs) < len(given):
        return None
    applied = planned.apply(inputs, frame.keys, state.batch)
    if applied is None:
        return None
    _count(state)
    state.conditions.need(applied.typed.conditions, path)
    origin = Origin(layer, ports, layer.arguments, label=layer.label)
    return leaf_of(applied, name, path, tuple([item.port for item in given]), inputs, origin)


def _count(state: State) -> None:
    """Count a layer; raise where there are too many."""
    state.built_layers += 1
    if state.built_layers > MOST_LAYERS + 1:
        raise Poisoned
    if state.built_layers > MOST_LAYERS:
        raise LimitExceeded(f"the network has more than {MOST_LAYERS:,} layers that differ")


def build(state: State, frame: Frame, unit: Unit) -> Node | None:
    """Build one repetition of a layer; `None` where that failed and was reported."""
    _count(state)
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


# --- `from`, `when` and `repeat` ---------------------------------------------------------------


def _requested(state: State, site: Site, index: int = 0) -> tuple[Port, ...]:
    """Find the ports that a layer, or the repetition `index` of one, reads by `from`.

    Each reference that leads nowhere is reported at its place.
    """
    frame, _, layer, path, _ = site
    if layer.reads is None:
        planned = state.plan(layer)
        is_source = planned.is_source if planned else reads_nothing(state.spec, layer)
        return () if is_source else frame.values.requested(None)
    ports: list[Port] = []
    failed = False
    scope = frame.keys if layer.repeat is None else frame.keys.extended({"index": index})
    for place, reference in enumerate(layer.references or ()):
        try:
            ports += frame.values.requested((filled(reference, scope),))
        except Problem as problem:
            failed = True
            state.report.add(problem, Place((*path, "from", place)))
        except Poisoned:
            failed = True
    if failed:
        raise Poisoned
    return tuple(ports)


def _times(state: State, site: Site) -> int | None:
    """Say how often a layer is repeated: 0 where it is absent, `None` without `repeat`."""
    frame, _, layer, path, _ = site
    if layer.when is not None:
        with state.report.at(Place((*path, "when"))):
            if not truth(layer.when, frame.keys):
                return 0
    if layer.repeat is None:
        return None
    with state.report.at(Place((*path, "repeat"))):
        return _repeat(frame, layer)


def _repeat(frame: Frame, layer: Layer) -> int:
    """Evaluate `repeat`."""
    count = integer("`repeat`", number(layer.repeat, frame.keys))
    if count < 0:
        raise OutOfRange(f"`repeat` must be at least 0, not {count}")
    if count > MOST_DIFFERENT and mentions(layer, "index"):
        raise LimitExceeded(
            f"`repeat` makes {count:,} repetitions that differ by `index`, and at most "
            f"{MOST_DIFFERENT:,} may differ"
        )
    return count


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
    assert unit.target.operation is not None
    lost = lost_branch(frame, unit) if unit.target.operation.gathers else None
    if lost is not None:
        state.report.add(lost, Place(unit.path, key=True), where_absent(frame, unit))
        return None
    applied = apply(unit.target, unit.inputs, state.batch, state.kernels)
    if applied is None:
        Misapplied(state, frame, unit, partial(_reading, state.quiet(), frame)).report()
        return None
    state.conditions.need(applied.typed.conditions, unit.path)
    if unit.target.init is not None or state.initial.computed:
        state.initial.check(state.report, unit.target, applied, state.model_scope)
    inputs = tuple([tensor for tensor in unit.inputs if tensor is not None])
    return leaf_of(applied, unit.name, unit.path, unit.reads, inputs, unit.origin)


def _reading(state: State, frame: Frame, node: Node, tensor: Tensor) -> Node | None:
    """Build a layer again as if it read another tensor; `None` where it cannot."""
    assert node.origin.layer is not None
    site = Site(frame, node.name, node.origin.layer, node.path, node.name)
    with suppress(Problem, Poisoned):
        unit = _unit(state, site, node.reads, [Given(node.reads[0], tensor)])
        return build(state, frame, unit)
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
        outer=frame,
    )
    return module(state, wanted, inputs)


def _included(state: State, frame: Frame, unit: Unit) -> Module | None:
    """Build another spec as a block: its parameters are passed, its outputs or taps are given."""
    inner = state.inside(unit)
    spec = inner.spec
    inputs = _received(state, frame, unit, spec, f"`{unit.target.spec}`")
    check_received(spec, inputs)
    taps = tuple(str(tap) for tap in unit.layer.taps or ())
    for index, tap in enumerate(taps):
        with state.report.at(Place((*unit.path, "taps", index))):
            check_tap(spec, tap)
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


# --- layers that are not built ----------------------------------------------------------------


def check_left_out(left_out: dict[Path, tuple[State, Site]]) -> None:
    """Check the layers that are absent wherever their body is built, whatever they see.

    What they hold may have absent layers of its own, which are checked in their turn.
    """
    checked: set[Path] = set()
    while left_out:
        path, (state, site) = left_out.popitem()
        if path not in checked and path not in state.tried:
            checked.add(path)
            _check_unbuilt(state, site._replace(frame=unknown(site.frame)))


def _check_unbuilt(state: State, site: Site) -> None:
    """Check what a layer is, and its arguments, though it is uncertain what it reads."""
    frame, layer = site.frame, site.layer
    if layer.share is not None:
        return
    references = layer.references
    if references is None:
        references = ("",) * (not reads_nothing(state.spec, layer))
    given = [Given(Port(reference), None) for reference in references]
    if layer.repeat is not None:
        frame = replace(frame, keys=frame.keys.extended({"index": POISON}))
    with suppress(Poisoned), state.report.at(name_place(layer, site.path)):
        unit = _unit(state, site._replace(frame=frame), (), given)
        if _is_countable(unit, references):
            build(state, frame, unit)


def _is_countable(unit: Unit, references: Sequence[str]) -> bool:
    """Say whether it is certain how many values a layer reads, or all the same to it."""
    operation = unit.target.operation
    any_number = operation is not None and operation.arity[1] is None
    return any_number or not any("*" in reference for reference in references)


# --- what a layer gives, in its body: under its name, under several, or without one ------------


def _place(state: State, site: Site, node: Node) -> None:
    """Put a layer's node into the body, and check the claim about its output."""
    frame, key, layer, path, _ = site
    if layer.expect is not None and not state.root:
        check_claim(state, site, node)
    named = "{" in key and layer.repeat is not None
    if not layer.splice and not named:
        frame.values.add(key, node, gives_of(node))
        return
    try:
        with state.report.at(Place(path, key=True) if named else Place((*path, "splice"))):
            _splice(site, node, named=named)
    except Poisoned:
        _fail(site._replace(name=key), None)


def _fail(site: Site, count: int | None) -> None:
    """Poison a layer that failed, and each of its repetitions that has a name of its own."""
    values, key, names = site.frame.values, site.key, [site.name]
    if "{" in key and count:
        numbers = range(min(count, _MOST_POISONED))
        with suppress(Problem, Poisoned):
            names = [_numbered(site, index) for index in numbers]
    for name in names:
        if name not in values.gives:
            values.fail(key, name)


def _splice(site: Site, node: Node, *, named: bool) -> None:
    """Let what the layer holds stand in its body, repetitions under names of their own."""
    key, layer = site.key, site.layer
    if named and node.again is not None:
        text = f"what is called again has one name, and `{key}` gives each repetition its own"
        raise MisplacedKey(text, help="write each call by itself")
    if not isinstance(node, Call) or node.again is not None:
        raise MisplacedKey("`splice` is for what holds layers: a block, a group, a repetition")
    if layer.splice and named:
        raise MisplacedKey(f"`splice` leaves the name out, and `{key}` gives each its own")
    rename = partial(_numbered, site) if named else None
    site.frame.values.splice(key, node, deep=layer.splice == "all", rename=rename)


def _numbered(site: Site, index: int | str) -> str:
    """Fill in the name of a repetition."""
    return filled(site.key, site.frame.keys.extended({"index": int(index)}))
