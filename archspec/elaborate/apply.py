"""Apply an operation to what it reads: infer, evaluate, validate, and run its shape rule."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from copy import copy
from dataclasses import dataclass
from functools import cache, lru_cache, partial
from typing import NamedTuple

from pydantic import ValidationError

from archspec.diagnostics import (
    ChannelMismatch,
    EmptyTensor,
    Entry,
    MissingKey,
    OutOfRange,
    Path,
    Place,
    Problem,
    Remedy,
    ShapeMismatch,
    UnknownKey,
    UnknownName,
    WindowTooLarge,
    Without,
    WrongArity,
    WrongType,
)
from archspec.document import LAYER_KEYS, Layer, Spec, close_match, listed, problems
from archspec.elaborate.fixed_kernels import Kernels, named_kernels
from archspec.elaborate.report import Report
from archspec.elaborate.rules import fitting, typed, with_fitting
from archspec.elaborate.targets import Target, Written
from archspec.elaborate.values import expression, number, text
from archspec.expressions import POISON, Expression, Poisoned, Scope, evaluate
from archspec.graph import Typed
from archspec.operations import Operation, check_result, is_operation, load
from archspec.operations.fields import PADDING_WORDS, infinite, is_infinity
from archspec.sizes import Tensor

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
            else _argument(report, target, name, written, inferred)
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
        if isinstance(problem, WindowTooLarge | EmptyTensor):
            problem.help = with_fitting(problem, fitting(operation, given, tensors, batch))
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
    help = Remedy(f"leave `{name}` out: `{op}` reads it off its input", Without())
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
    raise WrongArity(f"`{operation.op()}` takes {wanted} {plural}, and receives {count}")


def _argument(
    report: Report,
    target: Target,
    name: str,
    written: Written,
    inferred: Mapping[str, object],
) -> object:
    operation, raw, scope = target.operation, written.raw, written.scope
    assert operation is not None
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
        elif isinstance(problem, UnknownName) and isinstance(raw, str):
            problem = _word(target, name, raw) or problem
        elif isinstance(raw, str) and raw in scope.tensors and _may_read_more(operation):
            problem.help = f"leave out `{name}`, and read `{raw}` beside the first value by `from`"
        report.add(problem, Place(written.path))
    except Poisoned:
        pass
    return POISON


def _may_read_more(operation: type[Operation]) -> bool:
    """Say whether it reads as many values as are given, or fewer with a number instead."""
    fewest, most = operation.arity
    return most is None or most > fewest


def _word(target: Target, name: str, raw: str) -> Problem | None:
    """Say what stands for a word that an argument has in other places, and not in this one."""
    assert target.operation is not None
    found = target.operation.instead_of(name, raw.lower(), _beside(target, name))
    if found is None and raw.lower() not in PADDING_WORDS:
        return None
    text = f"`{name}` of `{target.operation.op()}` takes numbers, not `{raw}`"
    if found is None:
        return WrongType(text)
    entries = tuple(Entry(key, _yaml(value)) for key, value in found[0].items())
    shown = " and ".join(f"`{entry.key}: {entry.text}`" for entry in entries)
    return WrongType(text, help=Remedy(f"write {shown}, for {found[1]}", entries))


def _beside(target: Target, name: str) -> dict[str, object]:
    """Evaluate the arguments beside one, as far as they can be."""
    found: dict[str, object] = {}
    for key, written in target.arguments.items():
        if key == name or not isinstance(written.raw, str | list | int):
            continue
        with suppress(Problem, Poisoned):
            found[key] = number(written.raw, written.scope)
    return found


def _yaml(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


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
        known = partial(_arguments, target)
        for problem, found in problems(error, (), known, owner, poisoned):
            where = _argument_place(target, problem, found, place())
            if len(found.path) < 2:
                problem.help = problem.help or _help(target, problem, where)
            elif isinstance(problem, UnknownKey):  # in a mapping, which has arguments of its own
                takes = listed(_arguments(target, found.path))
                problem.help = problem.help or f"it takes {takes}"
            report.add(problem, where)
        return None


def _arguments(target: Target, path: Path = ()) -> list[str]:
    """Name the keys that may stand at a path: those of a layer, or of a mapping of arguments."""
    assert target.operation is not None
    fields = target.operation.model_fields
    if path:
        return list(target.operation.mappings().get(str(path[0]), ()))
    return [*fields, *(LAYER_KEYS - {"op", "block"})]


def _help(target: Target, problem: Problem, where: Place) -> str | None:
    """Say how the operation is written, where nothing better is known."""
    operation = target.operation
    assert operation is not None
    fields = list(operation.model_fields)
    if isinstance(problem, MissingKey):
        required = "".join(f", {name}: …" for name in operation.required())
        return f"write `{{op: {operation.op()}{required}}}`"
    if isinstance(problem, UnknownKey):
        return f"it takes {listed(fields)}" if fields else "it takes no arguments"
    written = target.arguments.get(str(where.path[-1])) if where.path else None
    if isinstance(problem, OutOfRange) and written is not None and isinstance(written.raw, str):
        instead = _word(target, str(where.path[-1]), written.raw)
        return instead.help if instead is not None else None
    return None


def _argument_place(target: Target, problem: Problem, found: Place, place: Place) -> Place:
    """Find the argument that a problem is about: the one it names first where it has no path."""
    name = found.path[0] if found.path else problem.message.split("`")[1].partition(":")[0]
    written = target.arguments.get(str(name))
    if written is None or isinstance(problem, MissingKey):
        return place
    return Place((*written.path, *found.path[1:]), key=found.key)


# The short way for plain layers: an operation whose arguments are numbers and expressions.
#
# Most layers are plain, and the same few of them are elaborated for every use of a block. What
# can
# be known of a layer once is kept in a `Plan`; with the values at hand it makes the operation at
# once. Wherever something is out of the ordinary, or wrong, there is no answer, and the long way
# finds out and tells.


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
