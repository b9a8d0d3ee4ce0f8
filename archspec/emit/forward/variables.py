"""Say which variables `forward` has: what flows from layer to layer, and what layers give."""

from collections import Counter
from dataclasses import dataclass, field

from archspec.emit.code import variable
from archspec.emit.forward.step import Returns, Step
from archspec.graph import Port


@dataclass(frozen=True, slots=True)
class Variables:
    """Names the values of a body; `readers` counts who reads each of them."""

    inputs: tuple[str, ...]
    steps: tuple[Step, ...]
    returns: Returns
    readers: Counter[Port] = field(init=False, default_factory=Counter)

    def __post_init__(self) -> None:
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

    def several(self, step: Step) -> list[str]:
        """Name the values of a layer that gives several; one that nobody reads is `_`."""
        endings = step.results or tuple(map(str, range(step.values)))
        return [
            f"{variable(step.name)}_{ending}" if self.readers[Port(step.name, index)] else "_"
            for index, ending in enumerate(endings)
        ]

    def one(self, step: Step, *, last: bool) -> str:
        """Choose a variable: what flows to the next layer alone is `x`, all else has its name."""
        position = self.steps.index(step)
        following = [item for item in self.steps[position + 1 :] if not item.inline][:1]
        reads = [[port.name for port in item.reads] for item in following]
        flows = reads == [[step.name]] and not step.training and self.uses(step.name) == 1
        alone = len(self.returns.ports) == 1 or not last
        return self.flow if (last and alone) or flows else variable(step.name)

    def returned(self, name: str, *, last: bool) -> bool:
        """Say whether a variable is what `forward` gives, so that its type is wanted."""
        names = {variable(port.name) for port in self.returns.ports}
        return last or name == self.flow or name in names
