"""Elaborate what a layer calls: a block, once for its arguments and inputs, or a group."""

from collections.abc import Mapping

from archspec.diagnostics import BlockCycle, Place, Remedy, WrongArity
from archspec.elaborate.absent import absences
from archspec.elaborate.building import Building, Inputs
from archspec.elaborate.frames import Around, Frame, Specialisation, Unit, origins
from archspec.elaborate.keys import typed
from archspec.elaborate.parameters import bind, check_names
from archspec.elaborate.several import one_value
from archspec.elaborate.targets import name_place
from archspec.expressions import Poisoned, Scope
from archspec.graph import Kind, Module
from archspec.spec import Body
from archspec.tensors import Tensor


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
