"""What a class computes before its layers: defaults that are expressions, and `let` names."""

from collections.abc import Iterator
from dataclasses import dataclass

from archspec.emit.code import statement
from archspec.emit.naming.names import Names
from archspec.emit.tracing.trace import Context, Trace
from archspec.expressions import parse


@dataclass(frozen=True, slots=True)
class Defaults:
    """The computed defaults of one class; parameters that are `chosen` have another value."""

    names: Names
    chosen: frozenset[str]

    def lines(self) -> Iterator[str]:
        """Compute the defaults that are expressions, where nothing is passed."""
        space, model = self.names.module.space, self.names.module.is_model
        for key, parameter in getattr(self.names.module.definition, "params", {}).items():
            name = self.names.used.get(f"{space}:{key}" if model else key)
            if name is not None and self.is_computed(key):
                value = self.names.module.scope[key]
                text = self.names.raw(parameter.default, [self.at_the_top()], value)
                yield f"        {name} = {text} if {name} is None else {name}"

    def is_computed(self, key: str) -> bool:
        """Say whether a parameter has a default that is an expression, and perhaps that value."""
        parameter = getattr(self.names.module.definition, "params", {}).get(key)
        return parameter is not None and parameter.computed and key not in self.chosen

    def learn(self) -> None:
        """Let the class know what the defaults are made of that are expressions."""
        waiting = True
        while waiting:
            before = len(self.names.used)
            list(self.lines())
            waiting = len(self.names.used) > before

    def let_lines(self) -> Iterator[str]:
        """Compute the `let` names that are used, in the order of the spec."""
        definition = self.names.module.definition
        assert definition is not None
        for key in definition.let:
            for name in (key, f"{self.names.module.space}:{key}"):
                if name in self.names.lets:
                    yield from statement(f"{self.names.used[name]} = {self.names.lets[name]}", 2)

    def pinned(self) -> frozenset[str]:
        """Name what is pinned, and what `let` names and defaults among that are made of."""
        found, waiting = set[str](), set(self.names.pinned)
        while waiting:
            name = waiting.pop()
            found.add(name)
            waiting |= self.made_of(name) - found
        return frozenset(found)

    def made_of(self, symbol: str) -> frozenset[str]:
        """Name the symbols in the expression behind a `let` name, or behind a default."""
        key = symbol.rpartition(":")[2]
        trace, context = self.at_the_top()
        definition = self.names.module.definition
        raw = definition.let.get(key) if definition and self.names.is_let(symbol) else None
        parameters = getattr(definition, "params", {})
        if key in parameters and parameters[key].computed and key not in self.chosen:
            raw = parameters[key].default
        return trace.mentioned(parse(raw), context) if isinstance(raw, str) else frozenset()

    def at_the_top(self) -> tuple[Trace, Context]:
        """Give the context of what is computed before any layer."""
        return self.names.traces[0], self.names.traces[0].bodies[()]
