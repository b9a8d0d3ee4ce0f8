"""Apply an operation to what it reads: infer, evaluate, validate, and run its shape rule."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from math import prod

from pydantic import ValidationError

from archspec.diagnostics import (
    EmptyTensor,
    MissingKey,
    Path,
    Place,
    Problem,
    SymbolicValue,
    TensorTooLarge,
    WrongArity,
)
from archspec.dimensions import Condition, Polynomial, Truth, at_least
from archspec.elaborate.report import Report
from archspec.elaborate.targets import Target, Written
from archspec.elaborate.values import number, text
from archspec.expressions import POISON, Poisoned
from archspec.graph import per_sample
from archspec.ops import Operation
from archspec.spec import problems
from archspec.tensors import Tensor

LARGEST = 2**63 - 1
_BYTES = {"float64": 8, "int64": 8, "float16": 2, "bfloat16": 2, "bool": 1}


@dataclass(frozen=True, slots=True)
class Applied:
    """An operation with all that was computed of it."""

    operation: Operation
    given: Mapping[str, object]
    inferred: Mapping[str, int]
    outputs: tuple[Tensor, ...]
    weights: Mapping[str, tuple[int, ...]]
    buffers: Mapping[str, tuple[int, ...]]
    macs: int | None


@dataclass(slots=True)
class Conditions:
    """Decides truths for every size, and keeps those that depend on one."""

    kept: list[Condition] = field(default_factory=list)

    def __call__(self, truth: Truth) -> bool:
        """Say whether it holds, or may hold."""
        if isinstance(truth, Condition):
            self.kept.append(truth)
            return True
        return truth


def apply(
    report: Report,
    conditions: Conditions,
    target: Target,
    inputs: tuple[Tensor | None, ...],
    place: Place,
    batch: str,
    fail: Callable[[Problem], None],
) -> Applied | None:
    """Apply the target's operation; `fail` reports a shape problem with its origins."""
    assert target.operation is not None
    known = _known(target.operation, inputs, fail)
    inferred: Mapping[str, object] = (
        dict.fromkeys(target.operation.inferred, POISON) if known is None else known
    )
    given = {
        name: _argument(report, target.operation, name, written, inferred)
        for name, written in target.arguments.items()
    }
    operation = _validated(report, target, given, place)
    if operation is None or known is None:
        return None
    try:
        return _computed(conditions, operation, given, known, inputs, batch)
    except Problem as problem:
        fail(problem)
        return None


def _known(
    operation: type[Operation], inputs: tuple[Tensor | None, ...], fail: Callable[[Problem], None]
) -> dict[str, object] | None:
    """Infer what the inputs say; `None` where one of them failed or does not fit."""
    try:
        _check_arity(operation, len(inputs))
        tensors = tuple(tensor for tensor in inputs if tensor is not None)
        return dict(operation.infer(*tensors)) if len(tensors) == len(inputs) else None
    except Problem as problem:
        fail(problem)
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
    operation: type[Operation],
    name: str,
    written: Written,
    inferred: Mapping[str, object],
) -> object:
    raw, scope = written.raw, written.scope
    if isinstance(raw, str) and raw in operation.keywords().get(name, ()):
        return raw
    try:
        if name in operation.texts():
            return text(raw, scope)
        if name not in operation.model_fields:
            return raw
        return number(raw, scope.extended(inferred) if inferred else scope)
    except Problem as problem:
        report.add(problem, Place(written.path))
    except Poisoned:
        pass
    return POISON


def _validated(
    report: Report, target: Target, given: Mapping[str, object], place: Place
) -> Operation | None:
    """Validate the arguments; what failed before is not reported again."""
    assert target.operation is not None
    values = {name: value for name, value in given.items() if value is not POISON}
    try:
        operation = target.operation.model_validate(values)
        return operation if len(values) == len(given) else None
    except ValidationError as error:
        for problem, found in problems(error, (), lambda _: _arguments(target)):
            name = str(found.path[0]) if found.path else _missing(problem)
            if given.get(name) is not POISON:
                report.add(problem, _argument_place(target, name, found, place))
        return None


def _arguments(target: Target) -> list[str]:
    assert target.operation is not None
    return list(target.operation.model_fields)


def _missing(problem: Problem) -> str:
    return problem.message.split("`")[1] if isinstance(problem, MissingKey) else ""


def _argument_place(target: Target, name: str, found: Place, place: Place) -> Place:
    written = target.arguments.get(name)
    if written is None:
        return place
    return Place((*written.path, *found.path[1:]), key=found.key)


def _computed(
    conditions: Conditions,
    operation: Operation,
    given: Mapping[str, object],
    known: Mapping[str, object],
    inputs: tuple[Tensor | None, ...],
    batch: str,
) -> Applied:
    tensors = tuple(tensor for tensor in inputs if tensor is not None)
    outputs = operation.outputs(conditions, *tensors)
    for tensor in outputs:
        _check_sizes(operation, tensor)
    inferred = _numbers(operation, known)
    weights, buffers = operation.weights(inferred), operation.buffers(inferred)
    for shape in weights.values():
        _check_bytes(operation, "weight", shape, 4)
    macs = operation.macs(tensors, outputs)
    return Applied(
        operation,
        given,
        inferred,
        outputs,
        weights,
        buffers,
        None if macs is None else per_sample(macs, batch),
    )


def _numbers(operation: Operation, known: Mapping[str, object]) -> dict[str, int]:
    numbers = {name: value for name, value in known.items() if isinstance(value, int)}
    for name, value in known.items():
        if isinstance(value, Polynomial):
            raise SymbolicValue(
                f"`{operation.op()}` needs {name} to build its weights, and it depends on a "
                f"symbol: {value}"
            )
    return numbers


def _check_sizes(operation: Operation, tensor: Tensor) -> None:
    for size in tensor.shape:
        if (size < 1) if isinstance(size, int) else at_least(size, 1) is False:
            raise EmptyTensor(
                f"`{operation.op()}` would give {tensor}, and every size is at least 1"
            )
    sizes = tuple(size for size in tensor.shape if isinstance(size, int))
    _check_bytes(operation, "output", sizes, _BYTES.get(tensor.dtype, 4))


def _check_bytes(operation: Operation, what: str, shape: tuple[int, ...], width: int) -> None:
    if prod(shape) * width > LARGEST:
        sizes = "×".join(str(size) for size in shape)
        raise TensorTooLarge(
            f"the {what} of `{operation.op()}` would be {sizes}, more than 2^63 - 1 bytes"
        )
