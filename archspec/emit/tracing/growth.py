"""Sizes to which every repetition of a layer adds the same, as in a dense block."""

from dataclasses import dataclass, replace
from typing import Protocol

from archspec.diagnostics import Problem
from archspec.emit.specialisations import nodes_of
from archspec.emit.tracing.trace import Context, Names, Trace
from archspec.emit.written import Call
from archspec.graph import Node
from archspec.sizes import Size, Tensor, symbol, symbols_of

Shifts = tuple[tuple[Size, ...], ...]


class Runner(Protocol):
    """What traces one repetition."""

    @property
    def trace(self) -> Trace:
        """The trace that is filled."""

    def node(
        self, node: Node, reads: tuple[Tensor, ...], context: Context, path: Names
    ) -> tuple[Tensor, ...]:
        """Trace one node."""

    def scratch(self) -> "Runner":
        """Give a tracer of its own, whose trace nobody reads."""


@dataclass(frozen=True, slots=True)
class Growth:
    """From the repetition `start` on, each adds `shifts` to the sizes that it receives."""

    start: int
    shifts: Shifts

    def after(self, start: tuple[Tensor, ...], times: Size) -> tuple[Tensor, ...]:
        """Give what comes out after so many repetitions."""
        grown = (
            tensor.reshaped(*(a + times * b for a, b in zip(tensor.shape, shift, strict=True)))
            for tensor, shift in zip(start, self.shifts, strict=False)
        )
        return (*grown, *start[len(self.shifts) :])


def growth_of(runner: Runner, call: Call, context: Context, path: Names) -> Growth | None:
    """Find what each repetition adds, run on symbols so that it is so for any number of them."""
    every = nodes_of(call.module)
    last = every[1:] or every
    if all(node.outputs == node.inputs[: len(node.outputs)] for node in last):
        return None
    for start in (0, 1):
        found = {_shifts(runner, node, context, path) for node in every[start:]}
        shifts = found.pop() if len(found) == 1 else None
        if shifts is not None and len(every) > start + 1:
            return Growth(start, shifts)
    return None


def _shifts(runner: Runner, node: Node, context: Context, path: Names) -> Shifts | None:
    """Run one repetition on a symbol for every size, and say what it adds to them."""
    if len(node.outputs) > len(node.inputs):
        return None
    scratch = runner.scratch()
    reads = tuple(_symbolic(scratch.trace, i, tensor) for i, tensor in enumerate(node.inputs))
    inner = replace(context, indices=(*context.indices, int(node.name)))
    try:
        gives = scratch.node(node, reads, inner, (*path, node.name))
    except Problem:
        return None
    shifts = []
    for before, after in zip(reads, gives, strict=False):
        if before.rank != after.rank:
            return None
        shifts.append(tuple(b - a for a, b in zip(before.shape, after.shape, strict=True)))
    marks = {name for shift in shifts for size in shift for name in symbols_of(size)}
    return None if any(name[0] in "~#" or "@" in name for name in marks) else tuple(shifts)


def _symbolic(trace: Trace, number: int, tensor: Tensor) -> Tensor:
    shape = []
    for index, size in enumerate(tensor.shape):
        name = f"~{number}.{index}"
        if isinstance(size, int):
            trace.values[name] = size
        shape.append(symbol(name) if isinstance(size, int) else size)
    return tensor.reshaped(*shape)
