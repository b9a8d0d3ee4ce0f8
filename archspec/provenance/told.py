"""Tell where each dimension of a layer comes from."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

from archspec.diagnostics import Path
from archspec.dimensions import Polynomial, Size, symbol
from archspec.graph import Leaf, Network
from archspec.provenance.found import Value, find, maker, source
from archspec.provenance.names import said
from archspec.provenance.rules import Axis, arguments, axes_in, formula
from archspec.shapes import dimension_name
from archspec.tensors import Tensor

MOST_STEPS = 200
"""The most layers that are told for one dimension."""


class Line(NamedTuple):
    """One line of the answer: how far it is set in, its text, and the place that says it."""

    depth: int
    text: str
    place: Path | None = None


def why(network: Network, path: str) -> list[Line]:
    """Tell where each size of what a layer gives comes from, from the layer back to the input.

    Layers that leave a size as it is are passed over. Raises `NoSuchLayer`.
    """
    value = find(network, path)
    node = value.node
    tensor = _tensor(value)
    word = f", {node.operation.op()}" if isinstance(node, Leaf) else ""
    lines = [Line(0, f"{path} gives {tensor}{word}", node.path if node is not None else ("input",))]
    known: dict[tuple[str, ...], int] = {}
    for axis in range(tensor.rank):
        told = list(_Dimension(network).told(value, axis, 1))
        key = tuple(line.text for line in told)
        name = dimension_name(axis, tensor.rank)
        if key in known:
            other = dimension_name(known[key], tensor.rank)
            lines.append(Line(0, f"{name}: {tensor.shape[axis]}, as the {other}"))
            continue
        known[key] = axis
        if len(told) == 1 and (told[0].place or ("",))[0] in ("input", "inputs"):
            lines.append(Line(0, f"{name}: {tensor.shape[axis]}, the input's", told[0].place))
            continue
        lines += [Line(0, f"{name}: {tensor.shape[axis]}"), *told]
    return lines


def _tensor(value: Value) -> Tensor:
    node = value.node
    if node is not None:
        return node.outputs[value.port.index]
    return value.body.module.inputs[value.port.name]


@dataclass(slots=True)
class _Dimension:
    """Follows one dimension back, as far as `MOST_STEPS` go."""

    network: Network
    steps: int = 0

    def told(self, value: Value, axis: int, depth: int) -> Iterator[Line]:
        """Tell the steps that make a size, until nothing of it is left to explain."""
        while True:
            made = maker(value)
            leaf = made.node
            if not isinstance(leaf, Leaf):
                yield self.input(made, axis, depth)
                return
            size = formula(leaf, made.port.index, axis)
            same = _same(size, leaf)
            if same is not None:
                value, axis = source(made, same[0]), same[1]
                continue
            read = axes_in(size) if size is not None else ()
            if self.steps > MOST_STEPS:
                return
            self.steps += 1
            yield from self.step(made, leaf, axis, size, depth)
            if len(read) != 1:
                break
            value, axis = source(made, read[0][0]), read[0][1]
        before: list[Line] = []
        for slot, inner in read:
            told = list(self.told(source(made, slot), inner, depth + 1))
            alike = bool(told) and [line.text for line in told] == [line.text for line in before]
            yield from [Line(depth + 1, "and the same again")] if alike else told
            before = told

    def input(self, value: Value, axis: int, depth: int) -> Line:
        """End at the network's input."""
        name = value.port.name
        place: Path = ("input",) if name == "input" else ("inputs", name)
        size = self.network.model.inputs[name].shape[axis]
        which = "" if name == "input" else f" `{name}`"
        return Line(depth, f"{size}   the input{which}", place)

    def step(
        self, made: Value, leaf: Leaf, axis: int, size: Size | None, depth: int
    ) -> Iterator[Line]:
        """Tell what one layer makes of a size, and the arguments that decide it."""
        actual = leaf.outputs[made.port.index].shape[axis]
        said_by = arguments(leaf, made.port.index, axis)
        written = leaf.origin.arguments
        shown = [f"{name}: {_raw(written.get(name, leaf.given[name]))}" for name in said_by]
        how = f" = {_with_numbers(size, leaf)}" if isinstance(size, Polynomial) else ""
        text = f"{actual}{how}   {made.path}" + (f", {', '.join(shown)}" if shown else "")
        yield Line(depth, text, leaf.path)
        names = (
            item for name in said_by for item in said(self.network, made.body, written.get(name))
        )
        for item in dict.fromkeys(names):
            yield Line(depth + item.depth, item.text, item.place or None)


def _same(size: Size | None, leaf: Leaf) -> Axis | None:
    """Find the dimension of an input that a layer leaves as it is."""
    read = axes_in(size) if size is not None else ()
    if len(read) == 1 and size == symbol(f"{read[0][0]}.{read[0][1]}"):
        return read[0]
    if size is None or isinstance(size, int):
        return None
    free = (
        (slot, axis)
        for slot, tensor in enumerate(leaf.inputs)
        for axis, own in enumerate(tensor.shape)
        if own == size
    )
    return next(free, None)


def _with_numbers(size: Polynomial, leaf: Leaf) -> str:
    """Write a formula with the numbers that were read in the place of their symbols."""

    def number(match: re.Match[str]) -> str:
        slot, axis = map(int, match[0].split("."))
        return str(leaf.inputs[slot].shape[axis])

    return re.sub(r"\b\d+\.\d+\b", number, str(size))


def _raw(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_raw, value))}]"
    return str(value).lower() if isinstance(value, bool) else str(value)
