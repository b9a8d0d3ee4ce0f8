"""Write `forward`: the layers in the order of the spec, chains of calls on one line."""

import ast
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from archspec.emit.code import INDENT, WIDTH, literal, variable
from archspec.graph import Port


@dataclass(frozen=True, slots=True)
class Step:
    """A layer in `forward`: its name, what it reads, and how it is called on that.

    `call` holds `{0}`, `{1}`, … for what it reads. `begins` asks for a line of its own, as a
    layer with weights does.
    """

    name: str
    reads: tuple[Port, ...]
    call: str
    begins: bool


def module_call(name: str, count: int) -> str:
    """Write the call of a layer that is an attribute, whatever its name.

    >>> module_call("conv1", 1), module_call("block1-0", 1)
    ('self.conv1({0})', 'self.get_submodule("block1-0")({0})')
    """
    places = ", ".join(f"{{{index}}}" for index in range(count))
    if name.isidentifier():
        return f"self.{name}({places})"
    return f"self.get_submodule({literal(name)})({places})"


def forward(
    inputs: Sequence[str], steps: Sequence[Step], results: Sequence[Port]
) -> tuple[list[str], list[str]]:
    """Give the names of the arguments, and the lines of the body without their indent."""
    return _Writer(tuple(inputs), tuple(steps), tuple(results)).write()


@dataclass(slots=True)
class _Writer:
    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    results: tuple[Port, ...]
    texts: dict[str, str] = field(default_factory=dict)
    lines: list[str] = field(default_factory=list)
    typed: set[str] = field(default_factory=set)
    pending: Step | None = None

    def write(self) -> tuple[list[str], list[str]]:
        arguments = [self.argument(name) for name in self.inputs]
        self.texts = dict(zip(self.inputs, arguments, strict=True))
        self.typed = set(arguments)
        for step in self.steps:
            self.step(step)
        if self.pending is not None:
            self.settle(self.pending, last=True)
        names = [self.text(port) for port in self.results]
        self.lines.append(f"return {', '.join(names)}")
        return arguments, self.lines

    @property
    def flow(self) -> str:
        """The variable of what flows from layer to layer."""
        taken = {variable(step.name) for step in self.steps} | set(self.inputs)
        return next(name for name in ("x", "y", "value", "flowing") if name not in taken)

    def uses(self, name: str) -> int:
        """Count who reads a value."""
        readers = Counter(port.name for step in self.steps for port in step.reads)
        return readers[name] + sum(port.name == name for port in self.results)

    def argument(self, name: str) -> str:
        """Call the input like what flows, if only the first layer reads it."""
        first = self.steps[0] if self.steps else None
        alone = first is not None and [port.name for port in first.reads] == [name]
        return self.flow if alone and self.uses(name) == 1 else variable(name)

    def step(self, step: Step) -> None:
        """Write a layer, or keep it to be written inside the call of the next one."""
        before = self.pending
        if before is not None and not self.goes_inside(before, step):
            self.settle(before, last=False)
        arguments = [self.text(port) for port in step.reads]
        self.texts[step.name] = step.call.format(*arguments)
        self.pending = step

    def goes_inside(self, before: Step, step: Step) -> bool:
        """Say whether a layer may stand inside the call of the next one."""
        reads = [port.name for port in step.reads]
        if self.uses(before.name) != 1 or before.name not in reads or step.begins:
            return False
        last = reads[-1] == before.name
        whole = step.call.format(*(self.text(port) for port in step.reads))
        fits = len(INDENT * 2) + len(whole) + len("x = ") <= WIDTH
        return last and fits

    def settle(self, step: Step, *, last: bool) -> None:
        """Put what is pending into a variable."""
        name = self.variable(step, last=last)
        text = _bare(self.texts[step.name])
        note = "" if name in self.typed or not self.returned(name, last=last) else ": torch.Tensor"
        self.typed |= {name} if note else set()
        self.lines.append(f"{name}{note} = {text}")
        self.texts[step.name] = name
        self.pending = None

    def returned(self, name: str, *, last: bool) -> bool:
        """Say whether a variable is what `forward` gives, so that its type is wanted."""
        return last or name == self.flow or any(port.name == name for port in self.results)

    def variable(self, step: Step, *, last: bool) -> str:
        """Choose a variable: what flows to the next layer alone is `x`, all else has its name."""
        following = self.steps[self.steps.index(step) + 1 :][:1]
        flows = [[port.name for port in item.reads] for item in following] == [[step.name]]
        return self.flow if last or (flows and self.uses(step.name) == 1) else variable(step.name)

    def text(self, port: Port) -> str:
        """Write a value that is read."""
        text = self.texts[port.name]
        return f"{text}[{port.index}]" if port.index else text


def _bare(text: str) -> str:
    """Leave out parentheses round the whole of an expression."""
    tree = ast.parse(text, mode="eval").body
    whole = text.startswith("(") and not isinstance(tree, ast.Tuple) and tree.col_offset == 1
    return text[1:-1] if whole and tree.end_col_offset == len(text) - 1 else text
