"""Write the body of `forward`: the layers in order, chains of calls on one line."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field

from archspec.emit.code import bare_text, literal, statement, variable
from archspec.emit.forward.loops import LoopWriter, collected
from archspec.emit.forward.step import EACH, Loop, Returns, Step
from archspec.emit.forward.templates import filled
from archspec.emit.forward.variables import Variables
from archspec.emit.pieces import INDENT, WIDTH
from archspec.graph import Port


def forward(
    inputs: Sequence[str], steps: Sequence[Step], returns: Returns
) -> tuple[list[str], list[str]]:
    """Give the names of the arguments, and the lines of the body."""
    arguments, lines = _Writer(Variables(tuple(inputs), tuple(steps), returns)).write()
    return arguments, [text for line in lines for text in _laid_out(line)]


def _laid_out(line: str) -> list[str]:
    """Break a line where it is too long, as far in as the body of a method stands."""
    text = line.lstrip()
    return statement(text, 2 + (len(line) - len(text)) // len(INDENT))


def targets(names: Sequence[str], packed: str = "") -> str:
    """Write the variables that several values go into, nested as they come.

    >>> targets(["a", "_"]), targets(["x", "h", "c"], "{}, ({}, {})")
    ('a, _', 'x, (h, c)')
    >>> targets(["x", "_", "_"], "{}, ({}, {})")
    'x, _'
    """
    text = packed.format(*names) if packed else ", ".join(names)
    return text.replace("(_, _)", "_")


@dataclass(slots=True)
class _Writer:
    """Writes the layers one after another; `pending` is the call that the next one may hold."""

    variables: Variables
    texts: dict[Port, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    pending: Step | None = None
    indented: bool = False

    @property
    def returns(self) -> Returns:
        """What `forward` gives."""
        return self.variables.returns

    def write(self) -> tuple[list[str], list[str]]:
        """Give the names of the arguments, and the lines before they are broken."""
        inputs = self.variables.inputs
        arguments = [self.variables.argument(name) for name in inputs]
        self.texts = {Port(name): text for name, text in zip(inputs, arguments, strict=True)}
        self.typed = set(arguments)
        for step in self.variables.steps:
            self.step(step)
        if self.pending is not None:
            self.settle(self.pending, last=not self.pending.training)
        self.lines += self.returned_lines()
        return arguments, self.lines

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
        if self.variables.uses(before.name) != 1 or before.name not in reads or step.begins:
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
            names = [f"{name}[{literal(label)}]" for label in step.labels]
        elif step.values > 1:
            names = self.variables.several(step)
            self.line(f"{targets(names, step.packed)} = {text}")
        else:
            names = [self.variables.one(step, last=last)]
            self.line(f"{self.declared(names[0], last=last)} = {text}")
        self.texts |= {Port(step.name, index): name for index, name in enumerate(names)}

    def declared(self, name: str, *, last: bool) -> str:
        """Write a variable that is assigned, with its type where that is wanted."""
        if name in self.typed or not self.variables.returned(name, last=last) or self.indented:
            return name
        self.typed.add(name)
        return f"{name}: torch.Tensor"

    def text(self, port: Port) -> str:
        """Write a value that is read."""
        if port.index == EACH:
            return f"*{collected(port.name)}"
        return self.texts[port]

    def loop(self, step: Step, loop: Loop) -> None:
        """Write repetitions one by one."""
        writer = LoopWriter(step, loop, self.text)
        for line in writer.lines():
            self.line(line)
        self.texts |= writer.texts()

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
        """Write what is given at once: a value, several, or several by name."""
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
