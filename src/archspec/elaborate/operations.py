"""Apply an operation to what it reads: infer, evaluate, validate, and run its shape rule."""

from collections.abc import Callable, Mapping
from copy import copy
from functools import cache
from typing import NamedTuple

from pydantic import ValidationError

from archspec.diagnostics import (
    ChannelMismatch,
    MissingKey,
    Place,
    Problem,
    ShapeMismatch,
    UnknownKey,
    UnknownName,
    WrongArity,
)
from archspec.elaborate.kernels import Kernels, named_kernels
from archspec.elaborate.report import Report
from archspec.elaborate.rules import typed
from archspec.elaborate.targets import Target, Written
from archspec.elaborate.values import expression, number, text
from archspec.expressions import POISON, Poisoned, Scope
from archspec.graph import Typed
from archspec.ops import Operation, check_result
from archspec.ops.fields import infinite, is_infinity
from archspec.spec import LAYER_KEYS, close_match, listed, problems
from archspec.tensors import Tensor

Fail = Callable[[Problem, Place | None], None]
"""Reports a problem, at the layer itself unless a place is given."""


class Applied(NamedTuple):
    """An operation with its arguments as they were evaluated, and what its rules say."""

    operation: Operation
    given: Mapping[str, object]
    typed: Typed


def apply(
    report: Report,
    target: Target,
    inputs: tuple[Tensor | None, ...],
    place: Callable[[], Place],
    batch: str,
    kernels: Kernels,
    fail: Fail,
) -> Applied | None:
    """Apply the target's operation; `fail` reports a shape problem with its origins."""
    assert target.operation is not None
    tensors = tuple([tensor for tensor in inputs if tensor is not None])
    known = _known(target.operation, inputs, tensors, fail)
    inferred: Mapping[str, object] = (
        dict.fromkeys(target.operation.inferred, POISON) if known is None else known
    )
    given = {
        name: (
            named_kernels(report, kernels, written)
            if name in target.operation.kernels()
            else _argument(report, target.operation, name, written, inferred)
        )
        for name, written in target.arguments.items()
    }
    for name in target.operation.inferred if given else ():
        if name in given:
            problem = _read_off(target.operation, name, given.pop(name), inferred)
            fail(problem, Place(target.arguments[name].path, key=isinstance(problem, UnknownKey)))
            known = None
    operation = _validated(report, target, given, place)
    if operation is None or known is None:
        return None
    try:
        found = typed(operation, tensors, batch)
    except Problem as problem:
        problem = copy(problem)
        _labelled(problem, inputs)
        fail(problem, None)
        return None
    return Applied(operation, given, found)


def _labelled(problem: Problem, inputs: tuple[Tensor | None, ...]) -> None:
    """Say what the layer reads, unless the operation has said it."""
    told = [str(tensor) for tensor in inputs]
    if problem.label is None and told:
        *most, last = told
        problem.label = f"reads {', '.join(most)} and {last}" if most else f"reads {last}"


def _read_off(
    operation: type[Operation], name: str, value: object, known: Mapping[str, object]
) -> Problem:
    """Refuse an argument that nobody writes: what was written may even be wrong."""
    op, right = operation.op(), known.get(name)
    help = f"leave `{name}` out: `{op}` reads it off its input"
    if right is POISON or value is POISON or value == right:
        return UnknownKey(f"`{name}` is no argument here", help=help)
    if name != "in_channels":
        text = f"`{name}` must be what the input has: {right}, not {value}"
        return ShapeMismatch(text, help=help)
    return ChannelMismatch(
        "the number of channels in the input and in the kernel must match: "
        f"the input has {right}, and `{name}` says {value}",
        help=help,
    )


def _known(
    operation: type[Operation],
    inputs: tuple[Tensor | None, ...],
    tensors: tuple[Tensor, ...],
    fail: Fail,
) -> Mapping[str, object] | None:
    """Infer what the inputs say; `None` where one of them failed or does not fit."""
    try:
        _check_arity(operation, len(inputs))
        if len(tensors) < len(inputs):
            return None
        found = operation.infer(*tensors)
        check_result(operation, "infer", found)
        return found
    except Problem as problem:
        _labelled(problem, inputs)
        fail(problem, None)
        return None


def _check_arity(operation: type[Operation], count: int) -> None:
    least, most = operation.arity
    if count >= least and (most is None or count <= most):
        return
    wanted = f"{least}" if most == least else f"{least} or more"
    plural = "value" if wanted == "1" else "values"
    help = "join them before, with `add` or `cat`" if most and count > least == most else None
    text = f"`{operation.op()}` takes {wanted} {plural}, and receives {count}"
    raise WrongArity(text, help=help)


def _argument(
    report: Report,
    operation: type[Operation],
    name: str,
    written: Written,
    inferred: Mapping[str, object],
) -> object:
    raw, scope = written.raw, written.scope
    if not isinstance(raw, str | list):
        return raw
    if isinstance(raw, str) and raw in operation.keywords().get(name, ()):
        return infinite(raw)
    if operation.keywords().get(name) and isinstance(raw, list):
        raw = _with_infinity(raw)
    try:
        if name in operation.texts():
            return text(raw, scope)
        if name not in operation.model_fields and name not in operation.inferred:
            return raw
        if inferred and _mentions(raw, inferred):
            scope = scope.extended(inferred)
        return number(raw, scope)
    except Problem as problem:
        if isinstance(problem, UnknownName):
            problem = _with_inferred(problem, raw, scope, inferred)
        words = operation.keywords().get(name)
        if words and isinstance(problem, UnknownName):
            beside = f"beside numbers `{name}` may be {listed(sorted(words), 'or')}"
            problem.help = close_match(str(raw), words) or beside
        report.add(problem, Place(written.path))
    except Poisoned:
        pass
    return POISON


def _with_infinity(raw: object) -> object:
    """Put infinity in the place of `.inf` in lists: as an expression it would be none."""
    if isinstance(raw, list):
        return [_with_infinity(item) for item in raw]
    return infinite(raw) if is_infinity(raw) else raw


def _with_inferred(
    problem: Problem, raw: object, scope: Scope, inferred: Mapping[str, object]
) -> Problem:
    """Tell of an unknown name with the inferred arguments among the known ones."""
    try:
        number(raw, scope.extended(inferred))
    except Problem as told:
        return told
    return problem


def _mentions(raw: object, names: Mapping[str, object]) -> bool:
    if isinstance(raw, list):
        return any(_mentions(item, names) for item in raw)
    return isinstance(raw, str) and not expression(raw).names.isdisjoint(names)


@cache
def _default(operation: type[Operation]) -> Operation:
    return operation.model_construct()


def _validated(
    report: Report, target: Target, given: Mapping[str, object], place: Callable[[], Place]
) -> Operation | None:
    """Validate the arguments; what failed before is not reported again."""
    assert target.operation is not None
    if not given and not target.operation.required():
        return _default(target.operation)
    values = {name: value for name, value in given.items() if value is not POISON}
    poisoned = given.keys() - values.keys()
    try:
        operation = target.operation.model_validate(values)
        return operation if len(values) == len(given) else None
    except ValidationError as error:
        owner = f"`{target.operation.op()}`"
        for problem, found in problems(error, (), lambda _: _arguments(target), owner, poisoned):
            _mended(target.operation, problem)
            report.add(problem, _argument_place(target, problem, found, place()))
        return None


def _arguments(target: Target) -> list[str]:
    assert target.operation is not None
    return [*target.operation.model_fields, *(LAYER_KEYS - {"op", "block"})]


def _mended(operation: type[Operation], problem: Problem) -> None:
    """Add how the operation is written, where nothing better is known."""
    fields = list(operation.model_fields)
    if isinstance(problem, MissingKey):
        required = "".join(f", {name}: …" for name in operation.required())
        problem.help = f"write `{{op: {operation.op()}{required}}}`"
    elif isinstance(problem, UnknownKey) and problem.help is None:
        problem.help = f"it takes {listed(fields)}" if fields else "it takes no arguments"


def _argument_place(target: Target, problem: Problem, found: Place, place: Place) -> Place:
    """Find the argument that a problem is about: the one it names first where it has no path."""
    name = found.path[0] if found.path else problem.message.split("`")[1].partition(":")[0]
    written = target.arguments.get(str(name))
    if written is None or isinstance(problem, MissingKey):
        return place
    return Place((*written.path, *found.path[1:]), key=found.key)
