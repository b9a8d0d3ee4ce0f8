"""Say sizes over the names of one class; what cannot be said so gets a symbol of its own."""

import ast
from collections.abc import Iterable
from dataclasses import dataclass

from archspec.document import Spec
from archspec.emit.lift import Lookup, NotPolynomial, lift, tensor_size
from archspec.emit.tracing.trace import Context, Trace, index_symbol
from archspec.emit.written import Module
from archspec.expressions import Expression, parse
from archspec.graph import Node
from archspec.operations.fields import is_infinity
from archspec.sizes import Polynomial, Size, Tensor, symbol


@dataclass(frozen=True, slots=True)
class Symbols:
    """The symbols of one class, and what they stand for: all is kept in its trace."""

    trace: Trace

    def learn(self, pairs: Iterable[tuple[Size, Size]]) -> None:
        """Remember what symbols stand for."""
        for size, actual in pairs:
            if isinstance(size, Polynomial) and size != actual:
                self.trace.values[str(size)] = actual

    def define(self, context: Context) -> None:
        """Learn the values of the names in scope, and what the `let` names are made of."""
        for name, value in context.module.scope.items():
            if type(value) is int:
                self.trace.values[context.symbol_of(name)] = value
        definition = context.module.definition
        for name, raw in (definition.let if definition else {}).items():
            if isinstance(raw, str) and type(context.module.scope.get(name)) is int:
                size = self.size(raw, context.module.scope[name], context)
                self.trace.definitions[context.symbol_of(name)] = size

    def given(self, model: Module, context: Context) -> dict[str, Tensor]:
        """Say the sizes of a model's inputs by the parameters of which the spec makes them."""
        assert isinstance(model.definition, Spec)
        found = {}
        for name, (written, _) in model.definition.tensors.items():
            actual = model.inputs[name]
            sizes = zip(written.shape, actual.shape, strict=True)
            shape = [self.size(a, b, context) if isinstance(b, int) else b for a, b in sizes]
            found[name] = actual.reshaped(*shape)
        return found

    def size(self, raw: object, value: object, context: Context) -> Size:
        """Give an argument as a size over the class's names; `value` is what it came to."""
        assert isinstance(value, int | Polynomial)
        if not isinstance(raw, str):
            return value
        expression = parse(raw)
        size = self.lifted(expression, context)
        if size is None:
            return self.unknown(
                "=", value, self.trace.mentioned(expression, context), expression, context
            )
        return size if self.trace.actual(size) == value else self.number(value, frozenset())

    def lifted(self, expression: Expression, context: Context) -> Size | None:
        """Compute with symbols; where that cannot be, with the number of the repetition."""
        for counted in (True, False):
            try:
                return lift(expression, self.lookup(context, counted), context.tensors)
            except NotPolynomial:
                pass
        return None

    def lookup(self, context: Context, counted: bool = True) -> Lookup:
        """Look names up as symbols; `index` is a symbol, too, or the number that it is here."""

        def find(name: str) -> Size | None:
            if name == "index" and context.index is not None:
                return self.index(context) if counted else context.index
            value = context.module.scope.get(name)
            inner = self.trace.let_of(context, name)
            if inner is not None and type(value) is int:
                return self.size(inner[0].text, value, inner[1])
            return symbol(context.symbol_of(name)) if type(value) is int else None

        return find

    def index(self, context: Context) -> Size:
        """Make a symbol of the number of the nearest repetition."""
        assert context.index is not None
        name = index_symbol(context.level, context.index)
        self.trace.values[name] = context.index
        return symbol(name)

    def number(self, value: Size, depends: frozenset[str]) -> Size:
        """Make a symbol for a number of which only the names that it depends on are known."""
        return self.unknown("#", value, depends)

    def unknown(
        self,
        mark: str,
        value: Size,
        depends: frozenset[str],
        expression: Expression | None = None,
        context: Context | None = None,
    ) -> Size:
        """Make a symbol of its own."""
        if not depends:
            return value
        name = f"{mark}{len(self.trace.depends)}"
        if expression is not None and context is not None:
            here = f"@{context.indices}" if "index" in expression.names else ""
            name = f"{mark}{expression.text}{here}{self.sizes_in(expression, context)}"
            self.trace.expressions[name] = (expression, context)
        self.trace.depends[name] = depends
        self.trace.values[name] = value
        return symbol(name)

    def sizes_in(self, expression: Expression, context: Context) -> str:
        """Tell the sizes of tensors of which an expression asks: they make it another one."""
        nodes = (node for node in ast.walk(expression.tree) if isinstance(node, ast.expr))
        found = [tensor_size(node, context.tensors) for node in nodes]
        return "".join(f"[{size}]" for size in found if size is not None)

    # --- on which names sizes depend ---------------------------------------------------------

    def depends_on(self, raw: object, context: Context) -> frozenset[str]:
        """Name the symbols that an argument mentions anywhere."""
        if isinstance(raw, list):
            return frozenset().union(*(self.depends_on(item, context) for item in raw))
        mentions = isinstance(raw, str) and not is_infinity(raw)
        return self.trace.mentioned(parse(raw), context) if mentions else frozenset()

    def all_in(self, value: object) -> frozenset[str]:
        """Name all symbols in the sizes of an argument."""
        sizes = value if isinstance(value, tuple) else (value,)
        return frozenset().union(
            *(self.trace.dependence(size) for size in sizes if isinstance(size, int | Polynomial))
        )

    def all_of(self, reads: tuple[Tensor, ...]) -> frozenset[str]:
        """Name all symbols in what is read."""
        sizes = (size for tensor in reads for size in tensor.shape)
        return frozenset().union(*(self.trace.dependence(size) for size in sizes))

    def rough(self, node: Node, depends: frozenset[str]) -> tuple[Tensor, ...]:
        """Give what comes out as numbers."""
        return tuple(
            tensor.reshaped(*(self.number(size, depends) for size in tensor.shape))
            for tensor in node.outputs
        )
