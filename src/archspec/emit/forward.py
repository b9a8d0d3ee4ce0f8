"""Write `forward`: the layers in the order of the spec, chains of calls on one line."""

import ast
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from functools import lru_cache

from archspec.emit.code import bare_text, literal, statement, variable
from archspec.emit.pieces import INDENT, WIDTH
from archspec.graph import Port

EACH = -1
"""The index of a port that stands for what all repetitions of a layer give: `m.*`."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Repetitions that `forward` goes through one by one.

    `over` is what the loop runs over, `range(3)` or `self.m`; `target` its variable. The first
    `state` values that are read are replaced by what a repetition gives. `beside` are, for each
    further value that differs, what it is in each repetition. `collects` says that every
    repetition's values are kept, for `m.*`.
    """

    over: str
    target: str
    state: int
    beside: tuple[tuple[Port, ...], ...] = ()
    collects: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A layer in `forward`: its name, what it reads, and how it is called on that.

    `call` holds `{0}`, `{1}`, … for what it reads. `begins` asks for a line of its own, as a
    layer with weights does. It gives `values` values, or a dict of them by `labels`. `training`
    layers run in training only. `inline` is text that may stand wherever it is read.
    """

    name: str
    reads: tuple[Port, ...]
    call: str
    begins: bool = False
    values: int = 1
    labels: tuple[str, ...] = ()
    training: bool = False
    inline: bool = False
    loop: Loop | None = None


@dataclass(frozen=True, slots=True)
class Returns:
    """What `forward` gives: ports, how they are packed, and which are there in training only."""

    ports: tuple[Port, ...]
    packing: str = "one"
    labels: tuple[str, ...] = ()
    training: frozenset[int] = frozenset()

    @property
    def annotation(self) -> str:
        """The type of what `forward` gives."""
        plain = [i for i in range(len(self.ports)) if i not in self.training]
        kinds = {self._kind(len(self.ports)), self._kind(len(plain))}
        return " | ".join(sorted(kinds, reverse=True))

    def _kind(self, count: int) -> str:
        if self.packing == "names":
            return "dict[str, torch.Tensor]"
        alone = count == 1 and (self.packing == "one" or bool(self.training))
        return "torch.Tensor" if alone else "tuple[torch.Tensor, ...]"


@dataclass(frozen=True, slots=True)
class Caller:
    """Says how a class calls its layers: by name, or as the items that its base makes them.

    >>> Caller("nn.Module").attribute("conv1"), Caller("nn.Module").attribute("block1-0")
    ('self.conv1', 'self.get_submodule("block1-0")')
    >>> Caller("nn.ModuleList").attribute("0"), Caller("nn.ModuleDict").attribute("11")
    ('self[0]', 'self["11"]')
    """

    base: str

    def attribute(self, name: str) -> str:
        """Write a layer of the class, whatever its name."""
        if name.isidentifier():
            return f"self.{name}"
        if self.base == "nn.ModuleList":
            return f"self[{name}]"
        found = "self[{}]" if self.base == "nn.ModuleDict" else "self.get_submodule({})"
        return found.format(literal(name))

    def call(self, name: str, count: int) -> str:
        """Write the call of a layer on so many values.

        >>> Caller("nn.Module").call("conv1", 1)
        'self.conv1({0})'
        """
        places = ", ".join(f"{{{index}}}" for index in range(count))
        return f"{self.attribute(name)}({places})"


def forward(
    inputs: Sequence[str], steps: Sequence[Step], returns: Returns
) -> tuple[list[str], list[str]]:
    """Give the names of the arguments, and the lines of the body."""
    arguments, lines = _Writer(tuple(inputs), tuple(steps), returns).write()
    return arguments, [text for line in lines for text in _laid_out(line)]


def _laid_out(line: str) -> list[str]:
    """Break a line where it is too long, as far in as the body of a method stands."""
    text = line.lstrip()
    return statement(text, 2 + (len(line) - len(text)) // len(INDENT))


@dataclass(slots=True)
class _Writer:
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    returns: Returns
    texts: dict[Port, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    pending: Step | None = None
    readers: Counter[Port] = field(default_factory=Counter)
    indented: bool = False

    def write(self) -> tuple[list[str], list[str]]:
        self.count_readers()
        arguments = [self.argument(name) for name in self.inputs]
        self.texts = {Port(name): text for name, text in zip(self.inputs, arguments, strict=True)}
        self.typed = set(arguments)
        for step in self.steps:
            self.step(step)
        if self.pending is not None:
            self.settle(self.pending, last=not self.pending.training)
        self.lines += self.returned_lines()
        return arguments, self.lines

    def count_readers(self) -> None:
        """Count who reads each value."""
        for step in self.steps:
            beside = step.loop.beside if step.loop else ()
            self.readers.update((*step.reads, *(port for ports in beside for port in ports)))
        self.readers.update(self.returns.ports)

    @property
    def flow(self) -> str:
        """The variable of what flows from layer to layer."""
        taken = {variable(step.name) for step in self.steps} | set(self.inputs)
        return next(name for name in ("x", "y", "value", "flowing") if name not in taken)

    def uses(self, name: str) -> int:
        """Count who reads any value of a layer."""
        return sum(count for port, count in self.readers.items() if port.name == name)

    def argument(self, name: str) -> str:
        """Call the input like what flows, if only the first layer reads it."""
        first = self.steps[0] if self.steps else None
        alone = first is not None and [port.name for port in first.reads] == [name]
        single = len(self.inputs) == 1 and not (first and (first.loop or first.training))
        return self.flow if alone and single and self.uses(name) == 1 else variable(name)

    # --- layers -------------------------------------------------------------------------------

    def step(self, step: Step) -> None:
        """Write a layer, or keep it to be written inside the call of the next one."""
        if step.inline:
            self.texts[Port(step.name)] = step.call
            return
        before = self.pending
        if before is not None and not self.goes_inside(before, step):
            self.settle(before, last=False)
        self.enter(step)
        if step.loop is not None:
            self.loop(step, step.loop)
            return
        self.texts[Port(step.name)] = self.called(step)
        self.pending = step
        if step.values > 1 or step.labels:
            self.settle(step, last=False)

    def called(self, step: Step) -> str:
        """Write the call of a layer on what it reads."""
        return filled(step.call, tuple(self.text(port) for port in step.reads))

    def enter(self, step: Step) -> None:
        """Open or leave the part that runs in training only."""
        if step.training and not self.indented:
            self.lines.append("if self.training:")
        self.indented = step.training

    def line(self, text: str) -> None:
        """Add a line where the layers stand at the moment."""
        self.lines.append(INDENT + text if self.indented else text)

    def goes_inside(self, before: Step, step: Step) -> bool:
        """Say whether a layer may stand inside the call of the next one."""
        reads = [port.name for port in step.reads]
        if self.uses(before.name) != 1 or before.name not in reads or step.begins:
            return False
        if step.loop is not None or step.training != before.training:
            return False
        if step.call.count(f"{{{reads.index(before.name)}}}") > 1:
            return False
        last = reads[-1] == before.name
        return last and len(INDENT * 3) + len(self.called(step)) + len("x = ") <= WIDTH

    def settle(self, step: Step, *, last: bool) -> None:
        """Put what is pending into a variable, or several into several."""
        self.pending = None
        text = bare_text(self.texts[Port(step.name)])
        if step.labels:
            name = variable(step.name)
            self.line(f"{name} = {text}")
            for index, label in enumerate(step.labels):
                self.texts[Port(step.name, index)] = f"{name}[{literal(label)}]"
        elif step.values > 1:
            self.line(f"{', '.join(self.unpacked(step))} = {text}")
        else:
            self.line(f"{self.assigned(step, last=last)} = {text}")

    def unpacked(self, step: Step) -> Iterator[str]:
        """Name the values of a layer that gives several; one that nobody reads is `_`."""
        for index in range(step.values):
            port = Port(step.name, index)
            name = f"{variable(step.name)}_{index}" if self.readers[port] else "_"
            self.texts[port] = name
            yield name

    def assigned(self, step: Step, *, last: bool) -> str:
        """Name the variable of a layer, with its type where that is wanted."""
        name = self.variable(step, last=last)
        self.texts[Port(step.name)] = name
        if name in self.typed or not self.returned(name, last=last) or self.indented:
            return name
        self.typed.add(name)
        return f"{name}: torch.Tensor"

    def returned(self, name: str, *, last: bool) -> bool:
        """Say whether a variable is what `forward` gives, so that its type is wanted."""
        names = {variable(port.name) for port in self.returns.ports}
        return last or name == self.flow or name in names

    def variable(self, step: Step, *, last: bool) -> str:
        """Choose a variable: what flows to the next layer alone is `x`, all else has its name."""
        position = self.steps.index(step)
        following = [item for item in self.steps[position + 1 :] if not item.inline][:1]
        reads = [[port.name for port in item.reads] for item in following]
        flows = reads == [[step.name]] and not step.training
        alone = len(self.returns.ports) == 1 or not last
        return (
            self.flow if (last and alone) or (flows and self.reads_once(step)) else self.own(step)
        )

    def reads_once(self, step: Step) -> bool:
        return self.uses(step.name) == 1

    def own(self, step: Step) -> str:
        """Give the variable that is called after a layer."""
        return variable(step.name)

    def text(self, port: Port) -> str:
        """Write a value that is read."""
        if port.index == EACH:
            return f"*{variable(port.name)}_all"
        return self.texts[port]

    # --- loops --------------------------------------------------------------------------------

    def loop(self, step: Step, loop: Loop) -> None:
        """Write repetitions one by one."""
        names = self.state_names(step, loop)
        starts = [self.text(port) for port in step.reads[: loop.state]]
        for name, start in zip(names, starts, strict=True):
            if name != start:
                self.line(f"{name} = {start}")
        kept = f"{variable(step.name)}_all"
        if loop.collects:
            self.line(f"{kept}: list[torch.Tensor] = []")
        self.line(self.head(step, loop))
        others = tuple(self.text(port) for port in step.reads[loop.state :])
        beside = tuple(self.beside(step, number) for number in range(len(loop.beside)))
        call = filled(step.call, (*names, *others, *beside))
        self.line(f"{INDENT}{', '.join(names)} = {call}")
        if loop.collects:
            added = f"append({names[0]})" if len(names) == 1 else f"extend(({', '.join(names)}))"
            self.line(f"{INDENT}{kept}.{added}")
        self.texts |= {Port(step.name, i): name for i, name in enumerate(names)}
        for index in range(step.values - len(names)):
            self.texts[Port(step.name, len(names) + index)] = f"{kept}[{index}]"

    def state_names(self, step: Step, loop: Loop) -> list[str]:
        if loop.state == 1:
            return [variable(step.name)]
        return [f"{variable(step.name)}_{index}" for index in range(loop.state)]

    def beside(self, step: Step, number: int) -> str:
        return f"{variable(step.name)}_beside{number or ''}"

    def head(self, step: Step, loop: Loop) -> str:
        """Write the head of a loop; what differs is given to each repetition in a row."""
        if not loop.beside:
            return f"for {loop.target} in {loop.over}:"
        targets = [loop.target, *(self.beside(step, i) for i in range(len(loop.beside)))]
        rows = [f"({', '.join(map(self.text, ports))},)" for ports in loop.beside]
        rows = [row if row.count(",") == 1 else f"{row[:-2]})" for row in rows]
        zipped = ", ".join((loop.over, *rows))
        return f"for {', '.join(targets)} in zip({zipped}, strict=True):"

    # --- what is given ------------------------------------------------------------------------

    def returned_lines(self) -> Iterator[str]:
        """Write what is given, in training perhaps more."""
        ports = list(enumerate(self.returns.ports))
        always = [pair for pair in ports if pair[0] not in self.returns.training]
        if self.returns.training:
            if not self.indented:
                yield "if self.training:"
            yield f"{INDENT}return {self.packed(ports)}"
        yield f"return {self.packed(always)}"

    def packed(self, ports: list[tuple[int, Port]]) -> str:
        texts = [self.text(port) for _, port in ports]
        if self.returns.packing == "names":
            pairs = (
                f"{literal(self.returns.labels[index])}: {text}"
                for (index, _), text in zip(ports, texts, strict=True)
            )
            return f"{{{', '.join(pairs)}}}"
        alone = len(texts) == 1 and (self.returns.packing == "one" or bool(self.returns.training))
        if alone or len(texts) > 1:
            return ", ".join(texts)
        return f"({texts[0]},)"


def filled(template: str, texts: tuple[str, ...]) -> str:
    """Put what is read into a call, in parentheses where an operator asks for them.

    >>> filled("{0} * {1}", ("a + b", "c")), filled("f({0})", ("a + b",))
    ('(a + b) * c', 'f(a + b)')
    """
    needs = _operands(template, len(texts))
    return template.format(
        *(
            f"({text})" if index in needs and _is_operator(text) else text
            for index, text in enumerate(texts)
        )
    )


@lru_cache(maxsize=1024)
def _operands(template: str, count: int) -> frozenset[int]:
    """Say which places of a template are operands of an operator, or hold an attribute's owner."""
    names = [f"place_{index}" for index in range(count)]
    tree = ast.parse(template.format(*names), mode="eval")
    found = set()
    for node in ast.walk(tree):
        owner = isinstance(
            node, ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Attribute | ast.Subscript
        )
        for child in ast.iter_child_nodes(node) if owner else ():
            if isinstance(child, ast.Name) and child.id in names:
                found.add(names.index(child.id))
    return frozenset(found)


@lru_cache(maxsize=4096)
def _is_operator(text: str) -> bool:
    if text.startswith("*"):
        return False
    tree = ast.parse(text, mode="eval").body
    grouped = text.startswith("(") and text.endswith(")") and tree.col_offset == 1
    kinds = ast.BinOp | ast.UnaryOp | ast.IfExp | ast.Compare | ast.BoolOp
    return isinstance(tree, kinds) and not grouped


def takes_star(template: str, index: int, count: int) -> bool:
    """Say whether several values may stand in a place of a call, as `*values` says it.

    >>> takes_star("torch.cat(({0}, {1}), dim=1)", 1, 2), takes_star("{0} + {1}", 1, 2)
    (True, False)
    """
    return index not in _operands(template, count)
