"""Find a layer by its path of names, and the bodies around it."""

import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Any, NamedTuple

from archspec.diagnostics import Path, Problem
from archspec.expressions import parse
from archspec.graph import Call, Kind, Leaf, Module, Network, Node, Port, repetitions
from archspec.sizes import (
    Condition,
    Polynomial,
    Size,
    Tensor,
    Truth,
    dimension_name,
    symbol,
    symbols_of,
)


class NoSuchLayer(LookupError):
    """No layer has this path; `known` are those of the body where the path ends."""

    def __init__(self, path: str, known: tuple[str, ...]) -> None:
        self.path = path
        self.known = known
        super().__init__(f"there is no layer `{path}`")


@dataclass(frozen=True, eq=False)
class Body:
    """A body in its instance: its module, the call of it, and the body around.

    `index` is the repetition in which it is, `path` what the names of its layers begin with.
    """

    module: Module
    call: Call | None = None
    around: "Body | None" = None
    index: int | None = None
    path: str = ""

    def inside(self, call: Call, name: str) -> "Body":
        """Go into a body that is called here, under the name of the repetition."""
        counted = self.module.kind is Kind.CHAIN and name.isdigit()
        index = int(name) if counted else None
        return Body(call.module, call, self, index, f"{self.path}{name}.")


@dataclass(frozen=True, eq=False)
class Value:
    """One value in one instance: the layer that gives it, or the body that receives it."""

    body: Body
    port: Port
    name: str = ""

    @property
    def node(self) -> Node | None:
        """The layer, or `None` for an input of the body."""
        return self.body.module.by_name.get(self.port.name)

    @property
    def path(self) -> str:
        """How the layer is called in the `state_dict`; an input has its name."""
        return f"{self.body.path}{self.name or self.port.name}"


def find(network: Network, path: str) -> Value:
    """Find the first value of a layer; raise `NoSuchLayer` with those that there are."""
    body, names = Body(network.model), path.split(".")
    for number, name in enumerate(names):
        node = next((n for n in body.module.nodes if name in (*repetitions(n), n.name)), None)
        if node is None and name in body.module.inputs and number == len(names) - 1:
            return Value(body, Port(name))
        if node is None:
            raise NoSuchLayer(path, _known(body))
        if number == len(names) - 1:
            return Value(body, Port(node.name), name)
        if not isinstance(node, Call):
            raise NoSuchLayer(path, ())
        body = body.inside(node, name)
    raise NoSuchLayer(path, _known(body))


def _known(body: Body) -> tuple[str, ...]:
    return tuple(f"{body.path}{name}" for node in body.module.nodes for name in repetitions(node))


def maker(value: Value) -> Value:
    """Follow a value to the operation that makes it, or to the input of the network."""
    while True:
        node = value.node
        if isinstance(node, Leaf):
            return value
        if isinstance(node, Call):
            inner = value.body.inside(node, value.name or _last(node))
            port = node.module.results[value.port.index]
            made = node.module.by_name.get(port.name)
            value = Value(inner, port, _last(made) if made is not None else "")
            continue
        outer = _received(value)
        if outer is None:
            return value
        value = outer


def _received(value: Value) -> Value | None:
    """Give what an input of a body is in the body around."""
    body = value.body
    if body.around is None or body.call is None:
        return None
    slot = list(body.module.inputs).index(value.port.name)
    return source(Value(body.around, Port(body.call.name), _name(body)), slot)


def _name(body: Body) -> str:
    return body.path.rstrip(".").rpartition(".")[2]


def source(value: Value, slot: int) -> Value:
    """Give the value that a layer reads in a place, in its repetition."""
    node = value.node
    assert node is not None
    names = list(repetitions(node))
    name = value.name or names[-1]
    taken = min(len(node.inputs), len(node.outputs))
    if name in names[1:] and slot < taken:  # a repetition reads the one before it
        return Value(value.body, Port(node.name, slot), names[names.index(name) - 1])
    port = node.reads[slot]
    made = value.body.module.by_name.get(port.name)
    return Value(value.body, port, _last(made) if made is not None else "")


def _last(node: Node | None) -> str:
    """Name the last repetition for which a node stands."""
    return "" if node is None else list(repetitions(node))[-1]


# Say what the names in an expression are, and where each of them was given its value.


class Said(NamedTuple):
    """One name: how deep it stands under the size, what is told of it, and where that is said."""

    depth: int
    text: str
    place: Path


MOST_DEEP = 6


def said(network: Network, body: Body, raw: object, depth: int = 1) -> Iterator[Said]:
    """Explain the names in what was written, and those in what they are made of."""
    if isinstance(raw, list):
        for item in raw:
            yield from said(network, body, item, depth)
        return
    for name in _names(raw) if isinstance(raw, str) and depth <= MOST_DEEP else ():
        yield from _origin(network, body, name, depth)


def _names(raw: str) -> list[str]:
    try:
        found = parse(raw).names
    except Problem:
        return []
    return sorted(found - {"true", "false"}, key=raw.index)


def _origin(network: Network, body: Body, name: str, depth: int) -> Iterator[Said]:
    definition = body.module.definition
    if name == "index" and body.index is not None:
        yield Said(depth, f"index = {body.index}, the number of the repetition", ())
        return
    if definition is not None and name in definition.let:
        raw, value = definition.let[name], body.module.scope.get(name)
        yield Said(depth, f"{name} = {_equal(name, raw, value)}", (*body.module.path, "let", name))
        yield from said(network, body, raw, depth + 1)
        return
    parameters = getattr(definition, "params", {})
    if name in parameters:
        yield from _parameter(network, body, name, depth)
    elif body.around is not None and body.module.kind is not Kind.BLOCK:
        yield from _origin(network, body.around, name, depth)
    elif body.around is not None:
        yield from _origin(network, _outermost(body), name, depth)


def _parameter(network: Network, body: Body, name: str, depth: int) -> Iterator[Said]:
    value = body.module.scope.get(name)
    if body.call is not None and body.around is not None:
        passed = body.call.origin.arguments
        if name in passed:
            place = (*body.call.path, name)
            yield Said(depth, f"{name} = {_equal(name, passed[name], value)}", place)
            yield from said(network, _caller(body), passed[name], depth + 1)
            return
    chosen = body.around is None and name in network.chosen
    text = ", as it was set" if chosen else ", its default"
    parameter = getattr(body.module.definition, "params", {})[name]
    raw = parameter.default if parameter.computed and not chosen else value
    yield Said(
        depth, f"{name} = {_equal(name, raw, value)}{text}", (*body.module.path, "params", name)
    )
    if parameter.computed and not chosen:
        yield from said(network, body, raw, depth + 1)


def _caller(body: Body) -> Body:
    """Give the body in which a block is called: that around its repetitions."""
    assert body.around is not None
    return body.around


def _outermost(body: Body) -> Body:
    while body.around is not None:
        body = body.around
    return body


def _equal(name: str, raw: object, value: object) -> str:
    """Write an expression with its value; a number, or the same name again, alone.

    >>> _equal("width", "4 * planes", 256), _equal("width", 64, 64), _equal("k", "k", 3)
    ('4 * planes = 256', '64', '3')
    """
    text = _shown(value)
    return text if not isinstance(raw, str) or raw in (text, name) else f"{raw} = {text}"


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    layer = getattr(value, "layer", None)
    return str(value) if layer is None else "a layer"


# Ask the rule of an operation on what a size depends: on which input, on which arguments.

Axis = tuple[int, int]
"""The number of an input, and of its dimension."""


def formula(leaf: Leaf, index: int, axis: int) -> Size | None:
    """Give a size as a polynomial over the sizes that are read, `0.2` the height of the first."""
    reads = tuple(_symbolic(number, tensor) for number, tensor in enumerate(leaf.inputs))
    outputs = outputs_with(leaf, {}, reads)
    if outputs is None or index >= len(outputs) or axis >= outputs[index].rank:
        return None
    return outputs[index].shape[axis]


def axes_in(size: Size) -> tuple[Axis, ...]:
    """Name the dimensions of inputs that a formula mentions."""
    found = (name.split(".") for name in sorted(symbols_of(size)) if name[:1].isdigit())
    return tuple((int(slot), int(axis)) for slot, axis in found)


def arguments(leaf: Leaf, index: int, axis: int) -> tuple[str, ...]:
    """Name the arguments on which a size depends: with others it is another one."""
    found = []
    for name in leaf.given:
        value = getattr(leaf.operation, name, None)
        tried = (outputs_with(leaf, {name: other}, leaf.inputs) for other in _others(value))
        known = (out[index] for out in tried if out is not None and index < len(out))
        sizes = [tensor.shape[axis] for tensor in known if axis < tensor.rank]
        if any(size != leaf.outputs[index].shape[axis] for size in sizes):
            found.append(name)
    return tuple(found)


def _symbolic(number: int, tensor: Tensor) -> Tensor:
    first, *others = tensor.shape or (1,)
    named = [symbol(f"{number}.{axis}") for axis in range(1, len(others) + 1)]
    batch = symbol(f"{number}.0") if isinstance(first, int) else first
    return tensor.reshaped(*[batch, *named][: tensor.rank])


def outputs_with(
    leaf: Leaf, fields: Mapping[str, object], reads: tuple[Tensor, ...]
) -> tuple[Tensor, ...] | None:
    """Run the rule with some arguments replaced; `None` where it refuses them."""
    with suppress(Problem, TypeError, ValueError, ArithmeticError, AttributeError, AssertionError):
        operation = leaf.operation.model_copy(update=dict(fields))
        return operation.outputs(_assume, *reads)
    return None


def _assume(truth: Truth | Condition) -> bool:
    return truth is not False


def _others(value: Any) -> list[object]:
    if isinstance(value, bool):
        return [not value]
    if isinstance(value, int):
        return [value + 1, value + 2, 2 * value, 1]
    if isinstance(value, list | tuple) and all(type(item) is int for item in value):
        more: list[object] = [tuple(item + step for item in value) for step in (1, 2)]
        return [*more, (1,) * len(value)]
    return []


# Tell where each dimension of a layer comes from.

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
