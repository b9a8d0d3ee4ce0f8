"""The short way for plain layers: an operation whose arguments are numbers and expressions.

Most layers are plain, and the same few of them are elaborated for every use of a block. What can
be known of a layer once is kept in a `Plan`; with the values at hand it makes the operation at
once. Wherever something is out of the ordinary, or wrong, there is no answer, and the long way
finds out and tells.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from pydantic import ValidationError

from archspec.diagnostics import Problem
from archspec.elaborate.operations import Applied
from archspec.elaborate.rules import typed
from archspec.elaborate.values import expression
from archspec.expressions import Expression, Poisoned, Scope, evaluate
from archspec.ops import Operation, is_operation, load
from archspec.ops.fields import infinite
from archspec.spec import Layer, Spec
from archspec.tensors import Tensor


@dataclass(frozen=True, slots=True)
class Plan:
    """What is known of a plain layer before its values: the operation, and its arguments.

    `fixed` are their values where nothing is to be computed.
    """

    operation: type[Operation]
    arguments: tuple[tuple[str, object, Expression | None], ...]
    fixed: tuple[tuple[str, type, object], ...] | None = None

    def applied(self, inputs: tuple[Tensor, ...], scope: Scope, batch: str) -> Applied | None:
        """Apply the operation to what it reads; `None` where that takes the long way."""
        least, most = self.operation.arity
        if len(inputs) < least or (most is not None and len(inputs) > most):
            return None
        try:
            return _applied(self.operation, self.values(scope), inputs, batch)
        except (Problem, Poisoned, ValidationError, TypeError):
            return None

    def values(self, scope: Scope) -> tuple[tuple[str, type, object], ...]:
        """Give the arguments' values in a scope, with their types: `True` is not 1."""
        if self.fixed is not None:
            return self.fixed
        found = []
        for name, raw, read in self.arguments:
            value = raw if read is None else evaluate(read, scope)
            found.append((name, type(value), value))
        return tuple(found)


@lru_cache(maxsize=4096)
def _applied(
    operation: type[Operation],
    values: tuple[tuple[str, type, object], ...],
    inputs: tuple[Tensor, ...],
    batch: str,
) -> Applied:
    """Apply an operation; what equal ones give for equal inputs is one object."""
    made, given = _made(operation, values)
    return Applied(made, given, typed(made, inputs, batch))


@lru_cache(maxsize=4096)
def _made(
    operation: type[Operation], values: tuple[tuple[str, type, object], ...]
) -> tuple[Operation, Mapping[str, object]]:
    """Make an operation of its arguments' values; equal ones are one object."""
    given = {name: value for name, _, value in values}
    if not given and not operation.required():
        return operation.model_construct(), given
    return operation.model_validate(given), given


def plan(spec: Spec, layer: Layer) -> Plan | None:
    """Plan a layer that is an operation with arguments to compute; `None` for all others."""
    name = layer.word or layer.op
    if (
        name is None
        or layer.init is not None
        or layer.share is not None
        or name in spec.blocks
        or not is_operation(name)
    ):
        return None
    operation = load(name)
    arguments = []
    for key, raw in layer.arguments.items():
        if key in operation.inferred or key in operation.texts() or isinstance(raw, list):
            return None
        read = _expression(operation, key, raw) if isinstance(raw, str) else None
        if read is not None and not read.names.isdisjoint(operation.inferred):
            return None
        arguments.append((key, infinite(raw) if read is None else raw, read))
    computed = any(read is not None for _, _, read in arguments)
    fixed = None if computed else tuple((key, type(raw), raw) for key, raw, _ in arguments)
    return Plan(operation, tuple(arguments), fixed)


def reads_nothing(spec: Spec, layer: Layer) -> bool:
    """Say whether a layer is an operation that reads nothing, so that nothing flows into it."""
    name = layer.word or layer.op
    return name is not None and name not in spec.blocks and _is_source(name)


def _is_source(name: str) -> bool:
    return is_operation(name) and load(name).arity[1] == 0


def _expression(operation: type[Operation], key: str, raw: str) -> Expression | None:
    if raw in operation.keywords().get(key, ()):
        return None
    try:
        return expression(raw)
    except Problem:
        return None
