"""Trace the call of a class: translate what it gives from its names into the caller's."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from archspec.emit.lift import NotPolynomial, lift
from archspec.emit.tracing.symbols import Symbols
from archspec.emit.tracing.trace import Context, Trace
from archspec.emit.written import Call, Module
from archspec.expressions import parse
from archspec.graph import Kind
from archspec.sizes import Size, Tensor, substitute, symbol, symbols_of


def call_gives(
    symbols: Symbols, node: Call, inner: Trace, entries: Mapping[str, Tensor], context: Context
) -> tuple[Tensor, ...]:
    """Translate what a block gives from its names into those of the class that calls it.

    `inner` is the block's trace, and `entries` what it receives.
    """
    meanings = Meanings(symbols, node, context).of(entries)
    return Translation(symbols, node, inner, meanings, context).gives()


@dataclass(frozen=True, slots=True)
class Translation:
    """From the names of a called block to the caller's: `meanings` says what they are there."""

    symbols: Symbols
    node: Call
    inner: Trace
    meanings: Mapping[str, Size]
    context: Context

    def gives(self) -> tuple[Tensor, ...]:
        """Translate all that the block gives."""
        return tuple(
            tensor.reshaped(
                *(self.received((place, axis), size) for axis, size in enumerate(tensor.shape))
            )
            for place, tensor in enumerate(self.inner.outputs)
        )

    def received(self, place: tuple[int, int], size: Size) -> Size:
        """Translate a size that a block gives; what conditions change in it is a number here."""
        unsure = self.inner.unsure.get(place)
        if unsure is None:
            return self.translated(size)
        names = unsure | self.inner.dependence(size)
        return self.symbols.number(self.inner.actual(size), self.carried(names))

    def translated(self, size: Size) -> Size:
        """Translate one size, `let` names first."""
        inner = self.inner
        while set(symbols_of(size)) & inner.definitions.keys():
            size = substitute(size, inner.definitions)
        actual = inner.actual(size)
        if any(name in inner.depends for name in symbols_of(size)):
            return self.symbols.number(actual, self.carried(inner.dependence(size)))
        moved = substitute(size, self.meanings)
        same = self.symbols.trace.actual(moved) == actual
        return moved if same else self.symbols.number(actual, frozenset())

    def carried(self, names: frozenset[str]) -> frozenset[str]:
        """Say on which of the caller's symbols a block's depend."""
        return frozenset().union(*map(self.carried_by, names))

    def carried_by(self, name: str) -> frozenset[str]:
        """Say on which of the caller's symbols one of a block's depends."""
        inner, module = self.inner, self.node.module
        if name in inner.definitions:
            return self.carried(inner.dependence(inner.definitions[name]))
        if name in self.meanings:
            return self.symbols.trace.dependence(self.meanings[name])
        own = _own(name, inner)
        if own in module.arguments:
            return self.symbols.depends_on(self.node.origin.arguments.get(own), self.context)
        if ":" in name:
            return _outer(name, inner)
        known = name in self.symbols.trace.values or module.kind is Kind.GROUP
        return frozenset([name]) if known else frozenset()


@dataclass(frozen=True, slots=True)
class Meanings:
    """What the names and sizes of a called block are in the names of its caller."""

    symbols: Symbols
    node: Call
    context: Context

    def of(self, entries: Mapping[str, Tensor]) -> dict[str, Size]:
        """Say it of all names of the block, which receives `entries`."""
        found: dict[str, Size] = {}
        for name, tensor in entries.items():
            found |= {f"{name}.{index}": size for index, size in enumerate(tensor.shape)}
        for name, value in self.node.module.arguments.items():
            if type(value) is int:
                found[self.key(name)] = self.argument(name, value, found)
        if self.context.index is not None:
            found["index"] = self.symbols.index(self.context)
        return found | self.named_around()

    def key(self, name: str) -> str:
        """Say by which symbol the block knows one of its parameters."""
        module = self.node.module
        return f"{module.space}:{name}" if module.is_model else name

    def argument(self, name: str, value: int, found: Mapping[str, Size]) -> Size:
        """Say what is passed for a parameter; `found` are the meanings of those before it."""
        default = computed_default(self.node, name)
        if default is not None:
            return self.defaulted(default, value, found)
        raw = self.node.origin.arguments.get(name, value)
        return self.symbols.size(raw, value, self.context)

    def named_around(self) -> dict[str, Size]:
        """Say what a group knows by a `let` of a group around it that has no class of its own."""
        found: dict[str, Size] = {}
        module = self.node.module
        for name, value in module.scope.items() if module.kind is Kind.GROUP else ():
            around = self.symbols.trace.let_of(self.context, name)
            if around is not None and type(value) is int and name not in _lets(module):
                found[name] = self.symbols.size(around[0].text, value, around[1])
        return found

    def defaulted(self, default: str, value: int, found: Mapping[str, Size]) -> Size:
        """Say what a default comes to that is an expression over parameters before it."""
        expression = parse(default)

        def find(name: str) -> Size | None:
            outer = f"{self.node.module.space}:{name}"
            known = found.get(name, found.get(outer))
            return symbol(outer) if known is None and outer in self.symbols.trace.values else known

        try:
            size = lift(expression, find, {})
            if self.symbols.trace.actual(size) == value:
                return size
        except NotPolynomial:
            pass
        sizes = [find(name) for name in expression.names]
        known = (self.symbols.trace.dependence(size) for size in sizes if size is not None)
        return self.symbols.number(value, frozenset().union(*known))


def computed_default(node: Call, name: str) -> str | None:
    """Give the expression that is a parameter's default, where it is not passed."""
    parameter = getattr(node.module.definition, "params", {}).get(name)
    if parameter is None or not parameter.computed or name in node.origin.arguments:
        return None
    return parameter.default if isinstance(parameter.default, str) else None


def _lets(module: Module) -> Collection[str]:
    """Name what a body itself defines."""
    return module.definition.let if module.definition is not None else ()


def _own(name: str, inner: Trace) -> str:
    """Give a parameter's name in the spec of which a trace is."""
    return name.removeprefix(f"{inner.module.space}:") if inner.module.is_model else name


def _outer(name: str, inner: Trace) -> frozenset[str]:
    """Keep a symbol of the model; those of a spec that is used end with its own class."""
    own = inner.module.is_model and name.startswith(f"{inner.module.space}:")
    return frozenset() if own else frozenset([name])
