"""Elaborate what a layer calls: a block, once for its arguments and inputs, or a group."""

from collections.abc import Mapping

from archspec.diagnostics import (
    BlockCycle,
    Path,
    Place,
    RankMismatch,
    Remedy,
    UnknownReference,
    Word,
    WrongArity,
    WrongDtype,
)
from archspec.document import Body, Spec, close_match, listed
from archspec.elaborate.absent import absences
from archspec.elaborate.frames import (
    Around,
    Building,
    Frame,
    Included,
    Inputs,
    Specialisation,
    Unit,
    origins,
)
from archspec.elaborate.parameters import bind, check_names
from archspec.elaborate.projection import one_value
from archspec.elaborate.targets import Written, name_place, typed
from archspec.expressions import Poisoned, Scope
from archspec.graph import Kind, Module
from archspec.sizes import Tensor


def received(
    builder: Building, frame: Frame, unit: Unit, body: Body, who: str
) -> dict[str, Tensor | None]:
    """Name the values that a block or group receives."""
    names, count = body.received, len(unit.inputs)
    if count == len(names):
        return dict(zip(names, unit.inputs, strict=True))
    plural = "value" if len(names) == 1 else "values"
    text = f"{who} takes {len(names)} {plural}, and receives {count}"
    help = _with_inputs(one_value(frame, unit)) if len(names) == 1 and count > 1 else None
    related = origins(builder.report, frame, unit.sources)
    notes = absences(frame, unit.sources)
    builder.report.add(
        WrongArity(text, notes=notes, help=help), Place(unit.path, key=True), related
    )
    raise Poisoned


def _with_inputs(help: Remedy) -> Remedy:
    return Remedy(f"{help}, or give it `inputs`", *help.ways)


def group(builder: Building, frame: Frame, unit: Unit) -> Module | None:
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
    return builder.module(wanted, received(builder, frame, unit, body, "a group"))


def block(builder: Building, frame: Frame, unit: Unit) -> Module | None:
    """Specialise a block for its arguments and inputs, or find the specialisation."""
    name = unit.target.block
    assert name is not None
    if name in frame.blocks:
        circle = " uses ".join(f"`{item}`" for item in (*frame.blocks, name))
        raise BlockCycle(f"a block may not use itself: {circle}")
    definition, given = builder.spec.blocks[name], unit.target.arguments
    place = name_place(unit.layer, unit.path)
    known = check_names(builder.report, f"block `{name}`", definition.params, given, place)
    inputs = received(builder, frame, unit, definition, f"block `{name}`")
    path = (*builder.root, "blocks", name)
    arguments = bind(builder.report, definition.params, known, builder.model_scope, path)
    with builder.report.call(unit.path, name, unit.repetition):
        module = specialised(builder, Around(frame, unit), name, arguments, inputs)
    return module if known is given else None


def specialised(
    builder: Building, around: Around, name: str, arguments: Mapping[str, object], inputs: Inputs
) -> Module | None:
    """Elaborate a block for its arguments and inputs, unless that has been done."""
    builder.called.add(name)
    key = (name, typed(arguments), tuple(inputs.items()))
    if key not in builder.modules:
        wanted = Specialisation(
            kind=Kind.BLOCK,
            name=name,
            body=builder.spec.blocks[name],
            path=(*builder.root, "blocks", name),
            scope=Scope(builder.model_scope.extended(arguments).values),
            blocks=(*around.frame.blocks, name),
            depth=around.frame.depth + 1,
            arguments=arguments,
            owned=frozenset(arguments),
            around=around,
        )
        builder.modules[key] = builder.module(wanted, inputs)
    return builder.modules[key]


# Another spec as a block: its parameters are passed, its outputs or the taps are given.


def included_module(builder: Building, frame: Frame, unit: Unit) -> Module | None:
    """Build another spec as a block for its parameters, and the shapes that it receives."""
    name = str(unit.target.spec)
    found = builder.included.get(name)
    if found is None:
        raise Poisoned  # it could not be read, which is reported where it is named
    inner = builder.inside(found, _parameters(builder, found, unit))
    inputs = received(builder, frame, unit, found.spec, f"`{name}`")
    _check_inputs(found.spec, inputs)
    taps = tuple(str(tap) for tap in unit.layer.taps or ())
    for index, tap in enumerate(taps):
        with builder.report.at(Place((*unit.path, "taps", index))):
            _check_tap(found.spec, tap)
    with builder.report.call(unit.path, found.spec.name, unit.repetition):
        return _built(inner, found, inputs, taps, frame.depth)


def _parameters(builder: Building, found: Included, unit: Unit) -> dict[str, object]:
    """Give the parameters of a spec: its variant's, and those that the layer passes."""
    name, params = str(unit.target.spec), found.spec.params
    given = {**_variant(found), **unit.target.arguments}
    place = Place((*unit.path, "spec"))
    if check_names(builder.report, f"`{name}`", params, given, place) is not given:
        raise Poisoned
    return bind(builder.report, params, given, Scope(), (found.step,))


def _variant(found: Included) -> dict[str, Written]:
    if found.variant is None:
        return {}
    path: Path = (found.step, "variants", found.variant, "parameters")
    raw = found.spec.variants[found.variant].parameters
    return {key: Written(value, Scope(), (*path, key)) for key, value in raw.items()}


def _built(
    inner: Building,
    found: Included,
    inputs: Mapping[str, Tensor | None],
    taps: tuple[str, ...],
    depth: int,
) -> Module | None:
    key = (found.step, taps, tuple(inputs.items()))
    if key not in inner.modules:
        spec, scope = found.spec, inner.model_scope
        wanted = Specialisation(
            kind=Kind.BLOCK,
            name=spec.name,
            body=spec,
            path=(found.step,),
            scope=scope,
            depth=depth + 1,
            arguments={name: scope.values[name] for name in spec.params},
            taps=taps,
        )
        inner.modules[key] = inner.module(wanted, inputs)
    return inner.modules[key]


def _check_inputs(spec: Spec, inputs: Mapping[str, Tensor | None]) -> None:
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


_MOST_WAYS = 8
"""So many names are offered one by one in the place of a wrong one."""


def _check_tap(spec: Spec, tap: str) -> None:
    """Hold that a layer is there, as far as names are known before they are filled in."""
    name = tap.partition(".")[0]
    if name not in spec.layers and not any("{" in key for key in spec.layers):
        ways = (Word(tap, layer) for layer in [*spec.layers][:_MOST_WAYS])
        layers = Remedy(f"its layers are {listed(spec.layers)}", *ways)
        help = close_match(name, spec.layers) or layers
        raise UnknownReference(f"`{spec.name}` has no layer `{name}` to tap", help=help)
