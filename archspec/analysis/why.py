"""Where each dimension of a layer comes from, followed back to the input or to arguments.

A value stands in an instance: the same module may be called in several places, and each of its
repetitions is one. Layers that leave a size as it is are passed over.
"""

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

MOST_STEPS = 200
"""The most layers that are named for one dimension."""

MOST_DEEP = 6
"""How far an expression is followed to what its names are made of."""


class NoSuchLayer(LookupError):
    """No layer has this path; `candidates` are those of the body where the path ends."""

    def __init__(self, path: str, candidates: tuple[str, ...]) -> None:
        self.path = path
        self.candidates = candidates
        super().__init__(f"there is no layer `{path}`")


class Line(NamedTuple):
    """One line of the answer: how far it is set in, its text, and the place that says it."""

    depth: int
    text: str
    place: Path | None = None


def why(network: Network, path: str) -> list[Line]:
    """Say where each size of what a layer gives comes from, from the layer back to the input.

    Raises `NoSuchLayer`.
    """
    value = find(network, path)
    node, tensor = value.node, value.tensor
    word = f", {node.operation.op()}" if isinstance(node, Leaf) else ""
    lines = [Line(0, f"{path} gives {tensor}{word}", node.path if node is not None else ("input",))]
    firsts: dict[tuple[str, ...], str] = {}
    for axis, size in enumerate(tensor.shape):
        steps = list(_Dimension(network).steps_of(value, axis, 1))
        key = tuple(line.text for line in steps)
        name = dimension_name(axis, tensor.rank)
        if key in firsts:
            lines.append(Line(0, f"{name}: {size}, as the {firsts[key]}"))
            continue
        firsts[key] = name
        if len(steps) == 1 and (steps[0].place or ("",))[0] in ("input", "inputs"):
            lines.append(Line(0, f"{name}: {size}, the input's", steps[0].place))
            continue
        lines += [Line(0, f"{name}: {size}"), *steps]
    return lines


@dataclass(slots=True)
class _Dimension:
    """Follows one dimension back, as far as `MOST_STEPS` go."""

    network: Network
    steps: int = 0

    def steps_of(self, value: "Value", axis: int, depth: int) -> Iterator[Line]:
        """Give the steps that make a size, until nothing of it is left to explain."""
        while True:
            made = maker(value)
            leaf = made.node
            if not isinstance(leaf, Leaf):
                yield self.input(made, axis, depth)
                return
            size = formula(leaf, made.port.index, axis)
            read, same = axes_in(size), _same(size, leaf)
            if same is None:
                if self.steps > MOST_STEPS:
                    return
                self.steps += 1
                yield from self.step(made, leaf, axis, size, depth)
                if len(read) != 1:
                    break
            slot, axis = same or read[0]
            value = source(made, slot)
        before: list[str] = []
        for slot, axis in read:
            lines = list(self.steps_of(source(made, slot), axis, depth + 1))
            texts = [line.text for line in lines]
            repeated = bool(lines) and texts == before
            yield from [Line(depth + 1, "and the same again")] if repeated else lines
            before = texts

    def input(self, value: "Value", axis: int, depth: int) -> Line:
        """End at the network's input."""
        name = value.port.name
        place: Path = ("input",) if name == "input" else ("inputs", name)
        which = "" if name == "input" else f" `{name}`"
        return Line(depth, f"{value.tensor.shape[axis]}   the input{which}", place)

    def step(
        self, made: "Value", leaf: Leaf, axis: int, size: Size | None, depth: int
    ) -> Iterator[Line]:
        """Say what one layer makes of a size, and which arguments decide it."""
        names = arguments(leaf, made.port.index, axis)
        written = leaf.origin.arguments
        shown = [f", {name}: {_text(written.get(name, leaf.given[name]))}" for name in names]
        how = f" = {_with_numbers(size, leaf)}" if isinstance(size, Polynomial) else ""
        actual = made.tensor.shape[axis]
        yield Line(depth, f"{actual}{how}   {made.path}{''.join(shown)}", leaf.path)
        lines = (
            line for name in names for line in origins(self.network, made.body, written.get(name))
        )
        for line in dict.fromkeys(lines):
            yield line._replace(depth=depth + line.depth)


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

    @property
    def outermost(self) -> "Body":
        """The body of the whole network."""
        return self if self.around is None else self.around.outermost

    def value(self, port: Port) -> "Value":
        """Give the value of a port; of a repeated layer that is its last repetition's."""
        node = self.module.by_name.get(port.name)
        return Value(self, port, "" if node is None else list(repetitions(node))[-1])


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

    @property
    def tensor(self) -> Tensor:
        """What it is."""
        if self.node is None:
            return self.body.module.inputs[self.port.name]
        return self.node.outputs[self.port.index]


def find(network: Network, path: str) -> Value:
    """Find the first value of a layer; raise `NoSuchLayer` with those that there are."""
    body, names = Body(network.model), path.split(".")
    for number, name in enumerate(names):
        node = next((n for n in body.module.nodes if name in (*repetitions(n), n.name)), None)
        if node is None and name in body.module.inputs and number == len(names) - 1:
            return Value(body, Port(name))
        if node is None:
            raise NoSuchLayer(path, _candidates(body))
        if number == len(names) - 1:
            return Value(body, Port(node.name), name)
        if not isinstance(node, Call):
            raise NoSuchLayer(path, ())
        body = body.inside(node, name)
    raise NoSuchLayer(path, _candidates(body))


def _candidates(body: Body) -> tuple[str, ...]:
    return tuple(f"{body.path}{name}" for node in body.module.nodes for name in repetitions(node))


def maker(value: Value) -> Value:
    """Follow a value to the operation that makes it, or to the input of the network."""
    while not isinstance(value.node, Leaf):
        node = value.node
        if isinstance(node, Call):
            port = node.module.results[value.port.index]
            value = value.body.inside(node, value.name).value(port)
            continue
        outer = _received(value)
        if outer is None:
            return value
        value = outer
    return value


def _received(value: Value) -> Value | None:
    """Give what an input of a body is in the body around."""
    body = value.body
    if body.around is None or body.call is None:
        return None
    slot = list(body.module.inputs).index(value.port.name)
    name = body.path.rstrip(".").rpartition(".")[2]
    return source(Value(body.around, Port(body.call.name), name), slot)


def source(value: Value, slot: int) -> Value:
    """Give the value that a layer reads in a place, in its repetition."""
    node = value.node
    assert node is not None
    names = list(repetitions(node))
    taken = min(len(node.inputs), len(node.outputs))
    if value.name in names[1:] and slot < taken:  # a repetition reads the one before it
        return Value(value.body, Port(node.name, slot), names[names.index(value.name) - 1])
    return value.body.value(node.reads[slot])


def origins(network: Network, body: Body, raw: object, depth: int = 1) -> Iterator[Line]:
    """Say what the names in an expression are, and those in what they are made of."""
    if isinstance(raw, list):
        for item in raw:
            yield from origins(network, body, item, depth)
        return
    for name in _names(raw) if isinstance(raw, str) and depth <= MOST_DEEP else ():
        yield from _origin(network, body, name, depth)


def _names(raw: str) -> list[str]:
    try:
        return sorted(parse(raw).names - {"true", "false"}, key=raw.index)
    except Problem:
        return []


def _origin(network: Network, body: Body, name: str, depth: int) -> Iterator[Line]:
    definition = body.module.definition
    if name == "index" and body.index is not None:
        yield Line(depth, f"index = {body.index}, the number of the repetition")
    elif definition is not None and name in definition.let:
        raw, value = definition.let[name], body.module.scope.get(name)
        yield Line(depth, f"{name} = {_equal(name, raw, value)}", (*body.module.path, "let", name))
        yield from origins(network, body, raw, depth + 1)
    elif name in getattr(definition, "params", {}):
        yield from _parameter(network, body, name, depth)
    elif body.around is not None:
        outer = body.outermost if body.module.kind is Kind.BLOCK else body.around
        yield from _origin(network, outer, name, depth)


def _parameter(network: Network, body: Body, name: str, depth: int) -> Iterator[Line]:
    value = body.module.scope.get(name)
    if body.call is not None and body.around is not None:
        passed = body.call.origin.arguments
        if name in passed:
            text = f"{name} = {_equal(name, passed[name], value)}"
            yield Line(depth, text, (*body.call.path, name))
            yield from origins(network, body.around, passed[name], depth + 1)
            return
    is_set = body.around is None and name in network.chosen
    parameter = getattr(body.module.definition, "params", {})[name]
    computed = parameter.computed and not is_set
    raw = parameter.default if computed else value
    text = f"{name} = {_equal(name, raw, value)}{', as it was set' if is_set else ', its default'}"
    yield Line(depth, text, (*body.module.path, "params", name))
    if computed:
        yield from origins(network, body, raw, depth + 1)


def _equal(name: str, raw: object, value: object) -> str:
    """Write an expression with its value; a number, or the same name again, alone.

    >>> _equal("width", "4 * planes", 256), _equal("width", 64, 64), _equal("k", "k", 3)
    ('4 * planes = 256', '64', '3')
    """
    text = _text(value)
    return text if not isinstance(raw, str) or raw in (text, name) else f"{raw} = {text}"


def _text(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_text, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    return str(value) if getattr(value, "layer", None) is None else "a layer"


Axis = tuple[int, int]
"""The number of an input, and of its dimension."""


def formula(leaf: Leaf, index: int, axis: int) -> Size | None:
    """Give a size as a polynomial over the sizes that are read, `0.2` the height of the first."""
    reads = tuple(_symbolic(number, tensor) for number, tensor in enumerate(leaf.inputs))
    outputs = outputs_with(leaf, {}, reads)
    if outputs is None or index >= len(outputs) or axis >= outputs[index].rank:
        return None
    return outputs[index].shape[axis]


def axes_in(size: Size | None) -> tuple[Axis, ...]:
    """Name the dimensions of inputs that a formula mentions."""
    symbols = symbols_of(size) if size is not None else ()
    pairs = (name.split(".") for name in sorted(symbols) if name[:1].isdigit())
    return tuple((int(slot), int(axis)) for slot, axis in pairs)


def arguments(leaf: Leaf, index: int, axis: int) -> tuple[str, ...]:
    """Name the arguments on which a size depends: with others it is another one."""
    actual = leaf.outputs[index].shape[axis]
    return tuple(
        name
        for name in leaf.given
        if any(size != actual for size in _other_sizes(leaf, name, index, axis))
    )


def _other_sizes(leaf: Leaf, name: str, index: int, axis: int) -> Iterator[Size]:
    """Give what a size is for other values of an argument."""
    for other in _others(getattr(leaf.operation, name, None)):
        outputs = outputs_with(leaf, {name: other}, leaf.inputs) or ()
        if index < len(outputs) and axis < outputs[index].rank:
            yield outputs[index].shape[axis]


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


def _same(size: Size | None, leaf: Leaf) -> Axis | None:
    """Find the dimension of an input that a layer leaves as it is."""
    read = axes_in(size)
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
