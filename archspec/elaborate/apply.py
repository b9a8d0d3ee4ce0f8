"""Apply an operation to what it reads: evaluate its arguments, validate them, run its rules.

What equal operations give for equal shapes is one object: a network holds few different layers.
"""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache, partial
from math import prod
from typing import NamedTuple

from pydantic import ValidationError

from archspec.diagnostics import (
    EmptyTensor,
    Path,
    Problem,
    SymbolicValue,
    TensorTooLarge,
    WrongArity,
    WrongDtype,
)
from archspec.document import Layer, Spec
from archspec.elaborate.fixed_kernels import Kernels, named_kernels
from archspec.elaborate.targets import Target, Written
from archspec.elaborate.values import expression, number, text
from archspec.expressions import Expression, Poisoned, Scope, evaluate
from archspec.graph import Leaf, Origin, Port, Typed
from archspec.operations import Operation, check_result, is_operation, load
from archspec.operations.fields import infinite, is_infinity
from archspec.sizes import Condition, Polynomial, Size, Tensor, Truth, at_least, per_sample

LARGEST = 2**63 - 1

WEIGHTS = "float32"
"""The dtype in which PyTorch makes weights."""

_BYTES = {"float64": 8, "int64": 8, "float16": 2, "bfloat16": 2, "bool": 1}

_PLAIN = frozenset([int, float, bool, str, Polynomial])
"""The types of arguments by which an applied operation is found again."""


class Applied(NamedTuple):
    """An operation with its arguments as they were evaluated, and what its rules say."""

    operation: Operation
    given: Mapping[str, object]
    typed: Typed


def apply(
    target: Target, inputs: tuple[Tensor | None, ...], batch: str, kernels: Kernels
) -> Applied | None:
    """Apply an operation; `None` where something is wrong, which `advice.misapplied` reports."""
    operation = target.operation
    assert operation is not None
    tensors = tuple([tensor for tensor in inputs if tensor is not None])
    if len(tensors) < len(inputs) or not target.arguments.keys().isdisjoint(operation.inferred):
        return None
    try:
        check_arity(operation, len(inputs))
        inferred = partial(infer, operation, tensors)
        given = {
            name: value_of(operation, name, written, kernels, inferred)
            for name, written in target.arguments.items()
        }
        return _applied(operation, given, tensors, batch)
    except (Problem, Poisoned, ValidationError):
        return None


def leaf_of(
    applied: Applied,
    name: str,
    path: Path,
    reads: tuple[Port, ...],
    inputs: tuple[Tensor, ...],
    origin: Origin,
) -> Leaf:
    """Make the node of an operation that was applied."""
    return Leaf(
        name=name,
        path=path,
        reads=reads,
        inputs=inputs,
        outputs=applied.typed.outputs,
        origin=origin,
        operation=applied.operation,
        given=applied.given,
        typed=applied.typed,
        trainable=origin.layer is None or origin.layer.trainable,
    )


class Plan(NamedTuple):
    """What is known of a plain layer before its values: the operation, and how arguments are read.

    Most layers are plain, and the same few are elaborated for every use of a block.
    """

    operation: type[Operation]
    arguments: tuple[tuple[str, object, Expression | None], ...]
    fixed: tuple[tuple[str, type, object], ...] | None

    @property
    def is_source(self) -> bool:
        """Whether the operation reads nothing."""
        return self.operation.arity[1] == 0

    def apply(self, inputs: tuple[Tensor, ...], scope: Scope, batch: str) -> Applied | None:
        """Apply the operation; `None` where anything is wrong, for `apply` to look closer."""
        try:
            check_arity(self.operation, len(inputs))
            if self.fixed is not None:
                return _applied_once(self.operation, self.fixed, inputs, batch)
            given = {
                name: raw if read is None else evaluate(read, scope)
                for name, raw, read in self.arguments
            }
            return _applied(self.operation, given, inputs, batch)
        except (Problem, Poisoned, ValidationError):
            return None


def plan(spec: Spec, layer: Layer) -> Plan | None:
    """Plan a layer that is an operation with numbers as arguments; `None` for all others."""
    name = layer.word or layer.op
    if name is None or layer.init is not None or layer.share is not None or name in spec.blocks:
        return None
    operation = load(name) if is_operation(name) else None
    if operation is None or operation.gathers:
        return None
    arguments = []
    for key, raw in layer.arguments.items():
        if key in operation.inferred or key in operation.texts() or isinstance(raw, list):
            return None
        read = _expression(operation, key, raw) if isinstance(raw, str) else None
        if isinstance(raw, str) and read is None:
            return None
        arguments.append((key, raw, read))
    values = tuple([(key, type(raw), raw) for key, raw, _ in arguments])
    is_fixed = all([kind in _PLAIN and kind is not str for _, kind, _ in values])
    return Plan(operation, tuple(arguments), values if is_fixed else None)


def _expression(operation: type[Operation], key: str, raw: str) -> Expression | None:
    """Parse an argument; `None` for a word, a mistake, or what mentions what is inferred."""
    if raw in operation.keywords().get(key, ()):
        return None
    try:
        read = expression(raw)
    except Problem:
        return None
    return read if read.names.isdisjoint(operation.inferred) else None


def check_arity(operation: type[Operation], count: int) -> None:
    """Raise unless an operation reads so many values."""
    least, most = operation.arity
    if count >= least and (most is None or count <= most):
        return
    wanted = f"{least}" if most == least else f"{least} or more"
    plural = "value" if wanted == "1" else "values"
    raise WrongArity(f"`{operation.op()}` takes {wanted} {plural}, and receives {count}")


def value_of(
    operation: type[Operation],
    name: str,
    written: Written,
    kernels: Kernels,
    inferred: Callable[[], Mapping[str, object]],
) -> object:
    """Evaluate an argument: a kernel, a text, a word, a number or a list of them.

    An expression may mention what is `inferred`, as `in_channels`.
    """
    raw, scope, _ = written
    if name in operation.kernels():
        return named_kernels(kernels, written)
    if not isinstance(raw, str | list):
        return raw
    words = operation.keywords().get(name)
    if words and isinstance(raw, list):
        raw = _with_infinity(raw)
    elif words and raw in words:
        return infinite(raw)
    if name in operation.texts():
        return text(raw, scope)
    if name not in operation.model_fields and name not in operation.inferred:
        return raw
    if operation.inferred and _mentions(raw, operation.inferred):
        scope = scope.extended(inferred())
    return number(raw, scope)


def infer(operation: type[Operation], inputs: tuple[Tensor, ...]) -> Mapping[str, object]:
    """Read off the inputs what nobody writes; raise where they do not fit."""
    inferred = operation.infer(*inputs)
    check_result(operation, "infer", inferred)
    return inferred


def _mentions(raw: object, names: Iterable[str]) -> bool:
    """Say whether an expression, or one in a list, mentions one of some names."""
    if isinstance(raw, list):
        return any(_mentions(item, names) for item in raw)
    return isinstance(raw, str) and not expression(raw).names.isdisjoint(names)


def _with_infinity(raw: object) -> object:
    """Put infinity in the place of `.inf` in lists: as an expression it would be none."""
    if isinstance(raw, list):
        return [_with_infinity(item) for item in raw]
    return infinite(raw) if is_infinity(raw) else raw


def _applied(
    operation: type[Operation],
    given: Mapping[str, object],
    inputs: tuple[Tensor, ...],
    batch: str,
) -> Applied:
    """Validate the arguments and run the rules, unless that has been done."""
    values = tuple([(name, type(value), value) for name, value in given.items()])
    if all([kind in _PLAIN for _, kind, _ in values]):
        return _applied_once(operation, values, inputs, batch)
    made = operation.model_validate(given)
    return Applied(made, given, typed(made, inputs, batch))


@lru_cache(maxsize=4096)
def _applied_once(
    operation: type[Operation],
    values: tuple[tuple[str, type, object], ...],
    inputs: tuple[Tensor, ...],
    batch: str,
) -> Applied:
    made, given = _validated(operation, values)
    return Applied(made, given, typed(made, inputs, batch))


@lru_cache(maxsize=4096)
def _validated(
    operation: type[Operation], values: tuple[tuple[str, type, object], ...]
) -> tuple[Operation, Mapping[str, object]]:
    """Make an operation of its arguments' values, with their types: `True` is not 1."""
    given = {name: value for name, _, value in values}
    if not given and not operation.required():
        return operation.model_construct(), given
    return operation.model_validate(given), given


# The rules of an operation, run once for each pair of an operation and the shapes that it reads.


@dataclass(slots=True)
class Conditions:
    """Keeps the conditions on the input's size, each with the first layer that needs it."""

    needed: dict[Condition, Path] = field(default_factory=dict)

    def need(self, conditions: Iterable[Condition], path: Path) -> None:
        """Keep what the layer at a path needs."""
        for condition in conditions:
            self.needed.setdefault(condition, path)


@dataclass(slots=True)
class Decided:
    """Decides truths for every size, and keeps those that depend on one."""

    kept: list[Condition] = field(default_factory=list)

    def __call__(self, truth: Truth) -> bool:
        """Say whether it holds, or may hold."""
        if isinstance(truth, Condition):
            self.kept.append(truth)
            return True
        return truth


def typed(operation: Operation, inputs: tuple[Tensor, ...], batch: str) -> Typed:
    """Run the rules of an operation, which are the same wherever it reads the same shapes."""
    return _typed(operation, _kinds(operation), inputs, batch)


def _kinds(operation: Operation) -> tuple[object, ...]:
    """Tell operations apart that Python takes for equal: a power of -1 is none of -1.0."""
    values = operation.__dict__.values()
    return tuple([repr(value) if type(value) is tuple else type(value) for value in values])


@lru_cache(maxsize=4096)
def _typed(
    operation: Operation, kinds: tuple[object, ...], inputs: tuple[Tensor, ...], batch: str
) -> Typed:
    conditions = Decided()
    kind, inferred = type(operation), operation.read_off(*inputs)
    check_result(kind, "infer", inferred)
    outputs = operation.outputs(conditions, *inputs)
    check_result(kind, "outputs", outputs)
    for tensor in outputs:
        _check_sizes(operation, conditions, tensor)
    numbers = _numbers(operation, inferred, batch)
    weights, buffers = operation.weights(numbers), operation.buffers(numbers)
    check_result(kind, "weights", weights)
    check_result(kind, "buffers", buffers)
    for shape in weights.values():
        _check_bytes(operation, "weight", shape, 4)
    if weights:
        check_beside_weights(operation, inputs)
    macs = operation.macs(inputs, outputs)
    check_result(kind, "macs", macs)
    return Typed(
        outputs=outputs,
        inferred=numbers,
        weights=weights,
        buffers=buffers,
        macs=None if macs is None else per_sample(macs, batch),
        conditions=tuple(conditions.kept),
    )


def _numbers(operation: Operation, inferred: Mapping[str, object], batch: str) -> dict[str, int]:
    numbers = {name: value for name, value in inferred.items() if isinstance(value, int)}
    for name, value in inferred.items():
        if isinstance(value, Polynomial):
            raise SymbolicValue(
                f"`{operation.op()}` needs `{name}` to build its weights, and it depends on a "
                f"symbol: {value}",
                help=_fixed(value, batch),
            )
    return numbers


def _fixed(value: Polynomial, batch: str) -> str | None:
    """Say of which sizes of the input a number would do; the batch is none of them."""
    symbols = sorted(value.symbols)
    if batch in symbols:
        return None
    names = " and ".join(f"`{name}`" for name in symbols)
    return f"write {'a number' if len(symbols) == 1 else 'numbers'} for {names} in `input`"


def _check_sizes(operation: Operation, conditions: Decided, tensor: Tensor) -> None:
    sizes = tuple([size for size in tensor.shape if isinstance(size, int)])
    symbolic = len(sizes) < tensor.rank
    positive = [conditions(_positive(size)) for size in tensor.shape] if symbolic else []
    if min(sizes, default=1) < 1 or not all(positive):
        raise EmptyTensor(f"`{operation.op()}` would give {tensor}, and every size is at least 1")
    _check_bytes(operation, "output", sizes, _BYTES.get(tensor.dtype, 4))


@lru_cache(maxsize=1024)
def _positive(size: Size) -> Truth:
    return at_least(size, 1)


def check_beside_weights(operation: Operation, inputs: tuple[Tensor, ...]) -> None:
    """Hold that numbers with a point are of the dtype that weights have."""
    for tensor in operation.as_weights(*inputs):
        if tensor.dtype.startswith(("float", "bfloat")) and tensor.dtype != WEIGHTS:
            raise WrongDtype(
                f"`{operation.op()}` has weights of {WEIGHTS}, and reads {tensor.dtype}",
                label=f"reads {tensor} of {tensor.dtype}",
            )


def _check_bytes(operation: Operation, what: str, shape: tuple[int, ...], width: int) -> None:
    if prod(shape) * width > LARGEST:
        sizes = "×".join(str(size) for size in shape)
        raise TensorTooLarge(
            f"the {what} of `{operation.op()}` would be {sizes}, more than 2^63 - 1 bytes"
        )
