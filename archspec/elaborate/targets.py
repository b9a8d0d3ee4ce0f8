"""Find out what a layer is: the operation, block or group behind its words, and its arguments."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import NamedTuple

from archspec.diagnostics import (
    Path,
    Place,
)
from archspec.document import (
    BROKEN,
    Body,
    Layer,
    Spec,
    texts,
)
from archspec.elaborate.advice.unknown import unknown_target
from archspec.elaborate.report import Report
from archspec.expressions import POISON, Poisoned, Scope
from archspec.operations import Operation, is_operation, load


class Written(NamedTuple):
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


NOWHERE = Scope()


class Target(NamedTuple):
    """What a layer builds: one of an operation, a block, the body of a group or another spec.

    `parameter` is the layer parameter through which it was reached, and `own` the arguments that
    were written at the parameter's value, not at the layer.
    """

    operation: type[Operation] | None = None
    block: str | None = None
    body: Body | None = None
    spec: str | None = None
    arguments: Mapping[str, Written] = MappingProxyType({})
    scope: Scope = NOWHERE
    path: Path = ()
    init: object = None
    init_scope: Scope = NOWHERE
    init_path: Path = ()
    parameter: str | None = None


def resolve(report: Report, spec: Spec, layer: Layer, scope: Scope, path: Path) -> Target:
    """Resolve the name of a layer: a layer parameter, else a block, else an operation.

    Raises `Poisoned` where the parameter's value failed, which is reported where it is written.
    """
    base = (*path, "arguments")
    written = {name: Written(raw, scope, (*base, name)) for name, raw in layer.arguments.items()}
    if layer.body is not None:
        return Target(body=layer.body, scope=scope, path=(*path, "body"))
    if layer.spec is not None:
        return Target(spec=layer.spec, arguments=written, scope=scope, path=path)
    name = layer.word or layer.op or layer.block or ""
    if name == BROKEN:
        raise Poisoned
    value = scope.values.get(name)
    if value is POISON:
        raise Poisoned
    if isinstance(value, LayerValue):
        with report.at(name_place(value.layer, value.path)):
            target = resolve(report, spec, value.layer, value.scope, value.path)
        target = target._replace(arguments={**target.arguments, **written}, parameter=name)
        if layer.init is None:
            return target
        return target._replace(init=layer.init, init_scope=scope, init_path=(*path, "init"))
    block = name if name in spec.blocks and layer.op is None else None
    operation = load(name) if not block and layer.block is None and is_operation(name) else None
    if block is None and operation is None:
        parameters = [key for key, item in scope.values.items() if isinstance(item, LayerValue)]
        raise unknown_target(spec, layer, name, scope, parameters)
    return Target(
        operation=operation,
        block=block,
        arguments=written,
        path=path,
        init=layer.init,
        init_scope=scope,
        init_path=(*path, "init"),
    )


def name_place(layer: Layer, path: Path) -> Place:
    """Give the place of the name by which a layer says what it is."""
    return Place(path if layer.word is not None else (*path, layer.form))


def reads_nothing(spec: Spec, layer: Layer) -> bool:
    """Say whether a layer is an operation that reads nothing, so that nothing flows into it."""
    name = layer.word or layer.op
    if name is None or name in spec.blocks or not is_operation(name):
        return False
    return load(name).arity[1] == 0


# Keys by which specialisations are found again, and the names that a layer mentions.

_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")


def typed(value: object) -> object:
    """Give a hashable key in which `True`, `1` and `1.0` differ.

    >>> typed(True) == typed(1)
    False
    """
    if isinstance(value, Mapping):
        return tuple((name, typed(item)) for name, item in value.items())
    if isinstance(value, list | tuple):
        return (list, tuple(typed(item) for item in value))
    if isinstance(value, LayerValue):
        return (LayerValue, repr(value.layer), _seen(value))
    return (type(value), value)


def _seen(value: LayerValue) -> object:
    """Give the values of the names on which what the layer builds depends."""
    values = value.scope.values
    return tuple(
        (name, typed(values[name])) for name in sorted(mentioned(value.layer)) if name in values
    )


def mentions(layer: Layer, word: str) -> bool:
    """Say whether a layer, or one in it, mentions a word.

    >>> mentions(Layer(op="dropout", arguments={"p": "rate * index"}), "index")
    True
    """
    return any(word in text and word in _WORD.findall(text) for text in texts(layer))


def mentioned(layer: Layer) -> frozenset[str]:
    """Name every word in a layer's own keys and in those of the layers in it.

    >>> sorted(mentioned(Layer(op="dropout", arguments={"p": "rate * index"})))
    ['dropout', 'index', 'rate']
    """
    return frozenset(_WORD.findall(" ".join(texts(layer))))
