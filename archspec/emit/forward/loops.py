"""Write a loop of `forward`: repetitions that are called one by one."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

from archspec.emit.code import literal, variable
from archspec.emit.forward.step import Loop, Step
from archspec.emit.forward.templates import filled
from archspec.emit.pieces import INDENT
from archspec.graph import Port


def collected(name: str) -> str:
    """Name the list of what all repetitions of a layer give.

    >>> collected("m")
    'm_all'
    """
    return f"{variable(name)}_all"


@dataclass(frozen=True, slots=True)
class LoopWriter:
    """Writes the repetitions of a step; `text` writes a value that is read."""

    step: Step
    loop: Loop
    text: Callable[[Port], str]

    def lines(self) -> Iterator[str]:
        """Write the loop, and before it what the first repetition reads."""
        reads, state = tuple(map(self.text, self.step.reads)), self.loop.state
        for name, start in zip(self.names, reads[:state], strict=True):
            if name != start:
                yield f"{name} = {start}"
        kept = collected(self.step.name)
        if self.loop.collects:
            yield f"{kept}: list[torch.Tensor] = []"
        yield self.head()
        call = filled(self.step.call, (*self.names, *reads[state:], *self.beside))
        names = ", ".join(self.names)
        yield f"{INDENT}{names} = {call}{self.unpacked}"
        if self.loop.collects:
            added = f"append({names})" if state == 1 else f"extend(({names}))"
            yield f"{INDENT}{kept}.{added}"

    @property
    def unpacked(self) -> str:
        """What takes the values out of a dict or a tuple of one that a repetition gives."""
        if self.step.labels:
            return ".values()" if self.loop.state > 1 else f"[{literal(self.step.labels[0])}]"
        return "[0]" if self.loop.nested else ""

    @property
    def names(self) -> list[str]:
        """The variables of what a repetition gives to the next one."""
        name = variable(self.step.name)
        return [name] if self.loop.state == 1 else [f"{name}_{i}" for i in range(self.loop.state)]

    @property
    def beside(self) -> list[str]:
        """The variables of what each repetition reads for itself."""
        name = variable(self.step.name)
        return [f"{name}_beside{number or ''}" for number in range(len(self.loop.beside))]

    def head(self) -> str:
        """Write the head of the loop; what differs is given to each repetition in a row."""
        if not self.loop.beside:
            return f"for {self.loop.target} in {self.loop.over}:"
        rows = [f"({', '.join(map(self.text, ports))},)" for ports in self.loop.beside]
        rows = [row if row.count(",") == 1 else f"{row[:-2]})" for row in rows]
        zipped = ", ".join((self.loop.over, *rows))
        return f"for {', '.join((self.loop.target, *self.beside))} in zip({zipped}, strict=True):"

    def texts(self) -> Mapping[Port, str]:
        """Say what the values are after the loop, those of single repetitions among them."""
        names = list(self.names)
        kept = collected(self.step.name)
        names += [f"{kept}[{index}]" for index in range(self.step.values - len(names))]
        return {Port(self.step.name, index): name for index, name in enumerate(names)}
