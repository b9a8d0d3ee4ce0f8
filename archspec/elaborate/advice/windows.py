"""The nearest sizes of a window with which an operation takes what it reads."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from archspec.diagnostics import EmptyTensor, Entry, Problem, Remedy, WindowTooLarge
from archspec.document import listed
from archspec.elaborate.apply import typed
from archspec.operations import Operation
from archspec.sizes import Tensor

_STEPS = (
    ("kernel_size", -1),
    ("padding", 1),
    ("padding", -1),
    ("dilation", -1),
    ("kernel_size", 1),
)
"""The arguments of windows, and which way each is changed until the rules agree."""

_MOST_STEPS = 64
"""So far from what is written a size is looked for; a further one is hardly what was wanted."""


def fitting(
    operation: Operation, given: Mapping[str, object], inputs: tuple[Tensor, ...], batch: str
) -> tuple[Entry, ...]:
    """Give what may be written instead, so that the rules of an operation hold for its inputs."""
    entries = (_nearest(operation, given, inputs, batch, *step) for step in _STEPS)
    return tuple(dict.fromkeys(entry for entry in entries if entry is not None))


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
