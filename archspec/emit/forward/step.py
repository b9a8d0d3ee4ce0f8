"""What `forward` is made of: the calls of layers, loops over repetitions, and what is given."""

from dataclasses import dataclass

from archspec.emit.code import literal
from archspec.graph import Port

EACH = -1
"""The index of a port that stands for what all repetitions of a layer give: `m.*`."""


@dataclass(frozen=True, slots=True)
class Loop:
    """Repetitions that `forward` goes through one by one.

    `over` is what the loop runs over, `range(3)` or `self.m`; `target` its variable. The first
    `state` values that are read are replaced by what a repetition gives. `beside` are, for each
    further value that differs, what it is in each repetition. `collects` says that every
    repetition's values are kept, for `m.*`, and `nested` that each gives a tuple of one value.
    """

    over: str
    target: str
    state: int
    beside: tuple[tuple[Port, ...], ...] = ()
    collects: bool = False
    nested: bool = False


@dataclass(frozen=True, slots=True)
class Step:
    """A layer in `forward`: its name, what it reads, and how it is called on that.

    `call` holds `{0}`, `{1}`, … for what it reads. `begins` asks for a line of its own, as a
    layer with weights does. It gives `values` values, or a dict of them by `labels`. `training`
    layers run in training only. `inline` is text that may stand wherever it is read. `results` are
    what variables for its values are called, and `packed` says how they are nested.
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
    results: tuple[str, ...] = ()
    packed: str = ""


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
