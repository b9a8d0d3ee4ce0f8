"""Trace repetitions one after another, and say what comes out by how many there are."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

from archspec.emit.specialisations import nodes_of
from archspec.emit.tracing.growth import Growth, Runner, growth_of
from archspec.emit.tracing.influence import alike
from archspec.emit.tracing.symbols import Symbols
from archspec.emit.tracing.trace import Context, Names, Trace, Traced
from archspec.emit.written import Call
from archspec.graph import Node, Port
from archspec.sizes import Size, Tensor, substitute, symbols_of

_MOST_TRACED = 64
"""The most repetitions that are traced one by one because they differ in symbols."""


@dataclass(frozen=True, slots=True)
class ChainTracer:
    """Traces the repetitions of a layer, each by the `runner`; `path` is the layer's."""

    runner: Runner
    symbols: Symbols
    node: Call
    context: Context
    path: Names

    def gives(self, entries: Mapping[str, Tensor]) -> tuple[Tensor, ...]:
        """Say what comes out; that depends on the number of repetitions unless it stays the same.

        `entries` is what the first of them receives.
        """
        values = {Port(name): tensor for name, tensor in entries.items()}
        growth = growth_of(self.runner, self.node, self.context, self.path)
        start: tuple[Tensor, ...] = ()
        for repetition in nodes_of(self.node.module):
            index = int(repetition.name)
            reads = tuple(values[port] for port in repetition.reads)
            if growth is not None and index == growth.start:
                start = reads
            elif growth is not None and index > growth.start:
                times = self.symbols.index(self.inside(index)) - growth.start
                reads = growth.after(start, times)[: len(reads)]
            after = self.repetition(repetition, reads)
            values |= {Port(repetition.name, number): item for number, item in enumerate(after)}
        if growth is not None:
            return self.grown(growth, start, values)
        trace, level = self.symbols.trace, self.context.level
        ends = tuple(settled(trace, values[port], level) for port in self.node.module.results)
        return ends if _settles(self.node) else self.numbers(ends)

    def inside(self, index: int) -> Context:
        """Give the context of the repetition of a number."""
        return replace(self.context, indices=(*self.context.indices, index))

    def repetition(self, node: Node, reads: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Trace one repetition, and those that it stands for as long as symbols differ."""
        first = int(node.name)
        after = self.runner.node(node, reads, self.inside(first), (*self.path, node.name))
        if node.count <= 1 or after == reads[: len(after)]:
            return after
        for index in range(first + 1, first + min(node.count, _MOST_TRACED)):
            given = after[: len(reads)] + reads[len(after) :]
            after = self.runner.node(node, given, self.inside(index), (*self.path, str(index)))
            if after == given[: len(after)]:
                break
        return after

    def grown(
        self, growth: Growth, start: tuple[Tensor, ...], values: Mapping[Port, Tensor]
    ) -> tuple[Tensor, ...]:
        """Give what comes out of repetitions of which each adds the same to a size."""
        trace, level = self.symbols.trace, self.context.level
        trace.regular.add(self.path)
        if growth.start == 0:
            trace.growing.add(self.path)
        count = sum(item.count for item in self.node.module.nodes)
        times = self.symbols.size(self.times, count, self.context)
        last = growth.after(start, times - growth.start)
        taps = (values[port] for port in self.node.module.results[len(last) :])
        return (*last, *(settled(trace, tensor, level) for tensor in taps))

    @property
    def times(self) -> object:
        """How often the layer is repeated, as the spec says it."""
        return self.node.origin.layer.repeat if self.node.origin.layer else None

    def numbers(self, gives: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Make numbers of sizes that depend on how often a layer is repeated."""
        trace, every = self.symbols.trace, nodes_of(self.node.module)
        depends = self.symbols.depends_on(self.times, self.context)
        later = [trace.nodes[(*self.path, item.name)] for item in every[1:]]
        found = []
        for place, (tensor, output) in enumerate(zip(gives, self.node.outputs, strict=True)):
            shape = [
                size
                if _keep(later, place, axis)
                else self.symbols.number(output.shape[axis], depends | trace.dependence(size))
                for axis, size in enumerate(tensor.shape)
            ]
            found.append(tensor.reshaped(*shape))
        return tuple(found)


def settled(trace: Trace, tensor: Tensor, around: int) -> Tensor:
    """Put numbers in the place of what counts the repetitions that have just ended.

    `around` is in how many loops they stand.
    """
    level = around + 1
    return tensor.reshaped(*(without_index(size, level, trace) for size in tensor.shape))


def without_index(size: Size, level: int, trace: Trace) -> Size:
    """Put numbers in the place of the symbols that count a loop's repetitions."""
    marks = {n: trace.values[n] for n in symbols_of(size) if n.startswith(f"index@{level}=")}
    return substitute(size, marks) if marks else size


def _keep(repetitions: list[Traced], place: int, axis: int) -> bool:
    """Say whether all repetitions but the first give a size as they read it."""
    return bool(repetitions) and all(
        place < min(len(item.inputs), len(item.outputs))
        and alike(item.inputs[place], item.outputs[place], axis)
        for item in repetitions
    )


def _settles(node: Call) -> bool:
    """Say whether one more repetition gives what the last one gave."""
    last = nodes_of(node.module)[-1]
    return last.inputs[: len(last.outputs)] == last.outputs or not _varies(node)


def _varies(node: Call) -> bool:
    return node.origin.layer is not None and isinstance(node.origin.layer.repeat, str)
