"""A body that is being drawn: its layers, and the values that they give."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from itertools import count

from support.random_specs.operations import Layer
from support.random_specs.scope import Scope
from support.random_specs.values import Kind, Value

NAMES = ("conv", "norm", "act", "block-a", "Mixed_5b", "stage", "head", "x", "y", "features", "mix")


@dataclass(slots=True)
class Body:
    """Layers in order. In a `chain`, each reads the one above; `numbered` ones are a list.

    `values` may be read by whoever comes next, `unread` are those that nothing reads as yet, and
    `last` is what the last layer gives. `weighted` are the layers that can be called again, with
    what they read and give. `top` is the body of a model.
    """

    scope: Scope
    inputs: tuple[Value, ...]
    numbered: bool = False
    chain: bool = False
    top: bool = False
    layers: list[tuple[str, Layer | str | list[object]]] = field(default_factory=list)
    values: list[Value] = field(default_factory=list)
    unread: list[Value] = field(default_factory=list)
    last: tuple[Value, ...] = ()
    weighted: list[tuple[str, Layer, Value, Value]] = field(default_factory=list)
    again: list[tuple[str, Value, Value]] = field(default_factory=list)
    counter: "count[int]" = field(default_factory=count)
    taken: set[str] = field(default_factory=set)

    def __post_init__(self) -> None:
        """Begin with the inputs."""
        self.values = list(self.inputs)
        self.unread = list(self.inputs)
        self.last = self.inputs

    @property
    def current(self) -> Value:
        """What the last layer gives first."""
        return self.last[0]

    def name(self) -> str:
        """Give the next layer its name."""
        number = next(self.counter)
        if self.numbered:
            return str(number)
        known = {*(name for name, _ in self.layers), *(item.name for item in self.inputs)}
        known |= self.taken
        if self.scope.chance.may("numbers", 0.08) and str(10 + number) not in known:
            return str(10 + number)
        base = self.scope.chance.pick(NAMES)
        if base not in known and self.scope.chance.happens(0.5):
            return base
        return f"{base}{number}" if f"{base}{number}" not in known else f"{base}_{number}"

    def add(
        self,
        layer: Layer | str | list[object],
        reads: Sequence[Value],
        gives: Sequence[Value],
        *,
        name: str | None = None,
        labels: Sequence[str] = (),
        anonymous: bool = False,
    ) -> tuple[Value, ...]:
        """Add a layer, and give its values under their references."""
        name = self.name() if name is None else name
        self.layers.append((name, self.reading(layer, reads)))
        self.read(reads)
        made = tuple(self._given(name, gives, labels, anonymous))
        self.last = made
        if not anonymous:
            self.values += made
        self.unread += made
        return made

    def _given(
        self, name: str, gives: Sequence[Value], labels: Sequence[str], anonymous: bool
    ) -> list[Value]:
        several = len(gives) > 1 or bool(labels)
        known = name if name.isidentifier() and not several and not anonymous else None
        made = []
        for index, value in enumerate(gives):
            label = labels[index] if labels else index
            reference = f"{name}.{label}" if several else name
            made.append(value.as_read(None if anonymous else reference, known))
        return made

    def reading(
        self, layer: Layer | str | list[object], reads: Sequence[Value]
    ) -> Layer | str | list[object]:
        """Say in the layer whom it reads, unless it is the one above."""
        above = tuple(reads) == self.last and (self.chain or self.scope.chance.happens(0.85))
        if above or any(value.reference is None for value in reads) or not reads:
            return layer
        names = [value.reference for value in reads]
        written: object = names[0] if len(names) == 1 else names
        if isinstance(written, str) and written.isdigit():
            written = int(written)
        head = mapping(layer)
        return {"from": written} | head if "layers" in head else _with_from(head, written)

    def read(self, values: Sequence[Value]) -> None:
        """Mark values as read."""
        self.unread = [value for value in self.unread if value not in values]

    def replace_last(self, *values: Value) -> None:
        """Put other values in the place of what the last layer gives."""
        gone = set(self.last)
        self.values = [value for value in self.values if value not in gone] + list(values)
        self.unread = [value for value in self.unread if value not in gone] + list(values)
        self.last = values

    def written(self) -> object:
        """Give the layers as they stand in the YAML."""
        if self.numbered:
            return [layer for _, layer in self.layers]
        return dict(self.layers)

    @property
    def counts(self) -> bool:
        """Whether its layers are referred to by numbers, so that none of them may be absent."""
        return self.numbered and not self.chain

    def readable(self) -> list[Value]:
        """List the values that anything may read."""
        return [v for v in self.values if v.reference is not None and v.kind != "other"]

    def forget(self, value: Value) -> None:
        """Leave a value to the one that is about to read it."""
        self.values.remove(value)


def mapping(layer: Layer | str | list[object]) -> Layer:
    """Write a layer's short form in full.

    >>> mapping("relu"), mapping(["relu"])
    ({'op': 'relu'}, {'layers': ['relu']})
    """
    if isinstance(layer, list):
        return {"layers": layer}
    return {"op": layer} if isinstance(layer, str) else layer


def _with_from(layer: Layer, reads: object) -> Layer:
    first = {key: value for key, value in layer.items() if key in ("op", "block", "share", "spec")}
    return first | {"from": reads} | {k: v for k, v in layer.items() if k not in first}


def named_input(name: str, kind: Kind, index: int) -> Value:
    """Give an input of a body of which nothing is known."""
    value = Value(kind, None, ("in", index), name, name)
    return replace(value, width=value.own_width)
