"""Run the rules of an operation on the shapes that it reads, once for each pair of both."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from math import prod

from pydantic import ValidationError

from archspec.diagnostics import (
    EmptyTensor,
    Entry,
    Path,
    Problem,
    Remedy,
    SymbolicValue,
    TensorTooLarge,
    WindowTooLarge,
    WrongDtype,
)
from archspec.document import listed
from archspec.graph import Typed, per_sample
from archspec.operations import Operation, check_result
from archspec.sizes import Condition, Polynomial, Size, Tensor, Truth, at_least

LARGEST = 2**63 - 1

WEIGHTS = "float32"
"""The dtype in which PyTorch makes weights."""

_BYTES = {"float64": 8, "int64": 8, "float16": 2, "bfloat16": 2, "bool": 1}


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
    kind, known = type(operation), operation.read_off(*inputs)
    check_result(kind, "infer", known)
    outputs = operation.outputs(conditions, *inputs)
    check_result(kind, "outputs", outputs)
    for tensor in outputs:
        _check_sizes(operation, conditions, tensor)
    inferred = _numbers(operation, known, batch)
    weights, buffers = operation.weights(inferred), operation.buffers(inferred)
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
        inferred=inferred,
        weights=weights,
        buffers=buffers,
        macs=None if macs is None else per_sample(macs, batch),
        conditions=tuple(conditions.kept),
    )


def _numbers(operation: Operation, known: Mapping[str, object], batch: str) -> dict[str, int]:
    numbers = {name: value for name, value in known.items() if isinstance(value, int)}
    for name, value in known.items():
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


# Look for the nearest sizes of a window with which an operation takes what it reads.

_STEPS = (
    ("kernel_size", -1),
    ("padding", 1),
    ("padding", -1),
    ("dilation", -1),
    ("kernel_size", 1),
)
"""The arguments of windows, and which way each is changed until the rules agree."""

_MOST_STEPS = 64
"""So far from what was said a size is looked for; a further one was hardly meant."""


def fitting(
    operation: Operation, given: Mapping[str, object], inputs: tuple[Tensor, ...], batch: str
) -> tuple[Entry, ...]:
    """Give what may be written instead, so that the rules of an operation hold for its inputs."""
    found = (_nearest(operation, given, inputs, batch, *step) for step in _STEPS)
    return tuple(dict.fromkeys(entry for entry in found if entry is not None))


def _nearest(
    operation: Operation,
    given: Mapping[str, object],
    inputs: tuple[Tensor, ...],
    batch: str,
    name: str,
    step: int,
) -> Entry | None:
    size = getattr(operation, name, None)
    sizes = (size,) if type(size) is int else size
    if not isinstance(sizes, tuple) or not all(isinstance(size, int) for size in sizes):
        return None
    for changed in _changed(sizes, step, 0 if name == "padding" else 1):
        if holds(
            operation,
            {**given, name: changed[0] if type(size) is int else list(changed)},
            inputs,
            batch,
        ):
            return Entry(name, written(changed))
    return None


def _changed(sizes: tuple[int, ...], step: int, least: int) -> Iterator[tuple[int, ...]]:
    """Give sizes further and further away: smaller ones not below the least, larger ones alike."""
    edge = max(sizes) if step < 0 else min(sizes)
    for _ in range(_MOST_STEPS):
        edge += step
        if edge < least:
            return
        yield tuple(min(size, edge) if step < 0 else max(size, edge) for size in sizes)


def holds(
    operation: Operation, given: Mapping[str, object], inputs: tuple[Tensor, ...], batch: str
) -> bool:
    """Say whether an operation takes arguments, and with them what it reads."""
    try:
        typed(type(operation).model_validate(given), inputs, batch)
    except (Problem, ValidationError):
        return False
    return True


def written(sizes: tuple[int, ...]) -> str:
    """Write the sizes of a window, one for all dimensions where they are alike."""
    return str(sizes[0]) if len(set(sizes)) == 1 else str(list(sizes))


def with_fitting(problem: Problem, entries: tuple[Entry, ...]) -> str | None:
    """Give the help of a problem about a window: the sizes that fit, where there are any."""
    if not isinstance(problem, WindowTooLarge | EmptyTensor) or not entries:
        return problem.help
    either = listed((f"{entry.key}: {entry.text}" for entry in entries), "or")
    before = "" if isinstance(problem, EmptyTensor) else ", or shrink the input less before"
    return Remedy(f"write {either}{before}", *entries)
