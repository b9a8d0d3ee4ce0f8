"""Find out what a layer is: the operation, block or group behind its words, and its arguments."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from archspec.diagnostics import Path, Place, Problem, UnknownBlock, UnknownOperation
from archspec.expressions import POISON, Poisoned, Scope
from archspec.ops import Operation, load, names
from archspec.spec import Block, Body, Layer, Spec, close_match


@dataclass(frozen=True, slots=True)
class Written:
    """An argument as it stands in the YAML, with the scope in which it is read."""

    raw: object
    scope: Scope
    path: Path


@dataclass(frozen=True, slots=True, eq=False)
class LayerValue:
    """The value of a layer parameter: a layer, read where it is written."""

    layer: Layer
    scope: Scope
    path: Path


@dataclass(frozen=True, slots=True)
class Target:
    """What a layer builds: one of an operation, a block or the body of a group.

    `parameter` is the layer parameter through which it was reached, and `own` the arguments that
    were written at the parameter's value, not at the layer.
    """

    operation: type[Operation] | None = None
    block: str | None = None
    body: Body | None = None
    arguments: Mapping[str, Written] = field(default_factory=dict)
    scope: Scope = field(default_factory=Scope)
    path: Path = ()
    init: object = None
    parameter: str | None = None


def resolve(spec: Spec, layer: Layer, scope: Scope, path: Path) -> Target:
    """Resolve the name of a layer: a layer parameter, else a block, else an operation.

    Raises `Poisoned` where the parameter's value failed.
    """
    written = {
        name: Written(raw, scope, (*path, "arguments", name))
        for name, raw in layer.arguments.items()
    }
    if layer.body is not None:
        return Target(body=layer.body, scope=scope, path=(*path, "body"), init=layer.init)
    name = layer.word or layer.op or layer.block or ""
    value = scope.values.get(name)
    if value is POISON:
        raise Poisoned
    if isinstance(value, LayerValue):
        inner = resolve(spec, value.layer, value.scope, value.path)
        arguments = {**inner.arguments, **written}
        init = inner.init if layer.init is None else layer.init
        return replace(inner, arguments=arguments, init=init, parameter=name)
    if name in spec.blocks and layer.op is None:
        return Target(block=name, arguments=written, path=path, init=layer.init)
    if name in names() and layer.block is None:
        return Target(operation=load(name), arguments=written, path=path, init=layer.init)
    raise _unknown(spec, layer, name, scope)


def name_place(layer: Layer, path: Path) -> Place:
    """Give the place of the name by which a layer says what it is."""
    return Place(path if layer.word is not None else (*path, layer.form))


def _unknown(spec: Spec, layer: Layer, name: str, scope: Scope) -> Problem:
    parameters = [key for key, value in scope.values.items() if isinstance(value, LayerValue)]
    if layer.form == "block":
        if name in names():
            help = f"`{name}` is an operation: write `{{op: {name}, …}}`"
        else:
            help = close_match(name, [*spec.blocks, *parameters]) or _listed(spec)
        return UnknownBlock(f"the spec has no block `{name}`", help=help)
    if name in spec.blocks:
        help = f"`{name}` is a block: write `{{block: {name}, …}}`"
        return UnknownOperation(f"there is no operation `{name}`", help=help)
    blocks = list(spec.blocks) if layer.form == "word" else []
    help = close_match(name, [*names(), *blocks, *parameters]) or f"known are {_joined(sorted(names()))}"
    return UnknownOperation(f"there is no operation `{name}`", help=help)


def _listed(spec: Spec) -> str:
    return f"its blocks are {_joined(list(spec.blocks)) or 'none'}"


def _joined(items: list[str]) -> str:
    return ", ".join(f"`{item}`" for item in items)
