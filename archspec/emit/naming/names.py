"""The names of one class: which symbols are arguments of its constructor, and what is fixed."""

import ast
from collections.abc import Callable, Collection, Iterable, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from typing import TypeVar

from archspec.document import MODULE_ATTRIBUTES
from archspec.emit.code import TAKEN, literal
from archspec.emit.naming.floats import gives_float
from archspec.emit.naming.short import MARK
from archspec.emit.naming.sizes import Sized, Sizes
from archspec.emit.render import HELPERS, expression_text
from archspec.emit.slots import CannotSay
from archspec.emit.tracing.trace import Context, Trace
from archspec.emit.written import Module
from archspec.expressions import Expression, parse, pieces
from archspec.operations.fields import infinite, is_infinity
from archspec.sizes import Polynomial

T = TypeVar("T")


@dataclass(slots=True)
class Names:
    """What a class calls the symbols of its traces, as they come to be used.

    `fixed` are the model's parameters that stay numbers. `pinned` gathers the symbols on which a
    printed number or a decision depends. `helpers` are functions that the file needs. `loops` are
    the variables of the loops around, by level, `open` the levels of those that may go on further
    than here, and `kept` the names that `forward` needs, with the attributes that keep them.
    `requests` counts the sizes that were wanted, `written` are those that were said, and
    `abbreviations` names for some of them. `constants` are lists that stay as they are, by the
    texts of their values: the constructor has names for them, and only while it `constructs`.
    """

    traces: list[Trace]
    fixed: frozenset[str]
    used: dict[str, str] = field(default_factory=dict)
    lets: dict[str, str] = field(default_factory=dict)
    pinned: set[str] = field(default_factory=set)
    helpers: set[str] = field(default_factory=set)
    locals: dict[str, str] = field(default_factory=dict)
    loops: dict[int, str] = field(default_factory=dict)
    kept: dict[str, str] = field(default_factory=dict)
    reserved: frozenset[str] = MODULE_ATTRIBUTES
    strict: bool = False
    requests: int = 0
    written: list[Polynomial] = field(default_factory=list)
    abbreviations: Mapping[Polynomial, str] = field(default_factory=dict)
    open: frozenset[int] = frozenset()
    constants: dict[str, str] = field(default_factory=dict)
    constructs: bool = True

    @property
    def module(self) -> Module:
        """The first use; all have the same definition."""
        return self.traces[0].module

    def attempt(self, write: Callable[[], T]) -> T | None:
        """Write something, or leave no trace of it where one class cannot say it."""
        before = {item.name: copy(getattr(self, item.name)) for item in fields(self)}
        try:
            return write()
        except CannotSay:
            for name, value in before.items():
                setattr(self, name, value)
            return None

    @property
    def sizes(self) -> Sizes:
        """What writes sizes in these names."""
        return Sizes(self)

    def size(self, candidates: Iterable[Sized]) -> str:
        """Write a size that every use has, from what it is in each of them."""
        self.requests += 1
        return self.sizes.say(list(dict.fromkeys(candidates)))

    # --- names ----------------------------------------------------------------------------

    def symbol(self, name: str) -> str:
        """Write a symbol, and remember that the constructor needs it."""
        if name.startswith(MARK):
            return name.removeprefix(MARK)
        if name.startswith("index@"):
            return self.loops[int(name.removeprefix("index@"))]
        if name.startswith("="):
            expression, context = self.opaque(name)
            return _grouped(self.raw(expression.text, [(self.traces[0], context)], 0))
        if name in self.fixed:
            return literal(self.value(name))
        if self.is_let(name):
            return self.let(name)
        if name not in self.used:
            self.used[name] = self.fresh(_argument_name(name, self.traces[0]))
        return self.used[name]

    def opaque(self, name: str) -> tuple[Expression, Context]:
        """Find the expression behind a symbol."""
        return next(t.expressions[name] for t in self.traces if name in t.expressions)

    def value(self, name: str) -> object:
        """Give the value of a name that is the same in every use."""
        return self.module.scope[name.rpartition(":")[2]]

    def is_let(self, name: str) -> bool:
        """Say whether a symbol is one of the class's own `let` names."""
        module = self.module
        own = name.removeprefix(f"{module.space}:") if module.is_model else name
        return module.definition is not None and own in module.definition.let

    def let(self, name: str) -> str:
        """Write a `let` name, and what it is if it was not yet used."""
        if name not in self.lets:
            module = self.module
            key = name.rpartition(":")[2]
            assert module.definition is not None
            raw = module.definition.let[key]
            contexts = [(trace, trace.bodies[()]) for trace in self.traces]
            text = self.raw(raw, contexts, module.scope[key])
            self.used[name] = self.fresh(key)
            self.lets[name] = text
        return self.used[name]

    def fresh(self, name: str, others: Collection[str] = ()) -> str:
        """Find a name that is not taken, neither by another nor by what the file imports."""
        named = (*self.used.values(), *self.abbreviations.values(), *self.constants.values())
        taken = {*named, *others}
        while name in taken or name in TAKEN:
            name += "_"
        return name

    def keep(self, text: str, wanted: str = "") -> str:
        """Write what the constructor knows by a name as the attribute that keeps it."""
        if text not in self.kept:
            name = wanted or text
            while name in self.reserved or f"self.{name}" in self.kept.values():
                name += "_"
            self.kept[text] = f"self.{name}"
        return self.kept[text]

    def pin(self, trace: Trace, names: Iterable[str]) -> None:
        """Remember that the text depends on the values of these symbols."""
        for name in names:
            self.pinned |= trace.depends.get(name, frozenset([name]))

    # --- arguments -------------------------------------------------------------------------

    def raw(
        self,
        raw: object,
        contexts: list[tuple[Trace, Context]],
        value: object = None,
    ) -> str:
        """Write what stands in the YAML: a list, a literal, or an expression.

        Where Python computes with floats what came out whole, `int` makes an integer of it.
        """
        if isinstance(raw, list):
            inside = ", ".join(self.raw(item, contexts) for item in raw)
            return f"({inside},)" if len(raw) == 1 else f"({inside})"
        if not isinstance(raw, str):
            return literal(raw)
        if is_infinity(raw):
            return literal(infinite(raw))
        expression = parse(raw)
        text = self.expression(expression, contexts)
        if type(value) is int and gives_float(expression, contexts[0][1]):
            return f"int({text})"
        return text

    def expression(self, expression: Expression, contexts: list[tuple[Trace, Context]]) -> str:
        """Write an expression in the names of the class."""
        context = contexts[0][1]

        def size(name: str, index: int) -> str:
            return self.size(
                Sized(trace, inner.tensors[name].shape[index], inner.indices)
                for trace, inner in contexts
                if name in inner.tensors and index < inner.tensors[name].rank
            )

        def name(found: str) -> str:
            if found in self.locals:
                return self.locals[found]
            return self.named(found, context)

        text = self.helped(expression_text(expression, name, size, context.tensors))
        return self.with_constants(text, expression, context)

    def with_constants(self, text: str, expression: Expression, context: Context) -> str:
        """Put names in the place of whole lists that stay as they are: `depths[number]`."""
        for key in sorted(expression.names) if self.constructs else ():
            value = context.module.scope.get(key)
            is_list = isinstance(value, list | tuple) and len(value) > 1
            if is_list and context.symbol_of(key) in self.fixed and literal(value) in text:
                name = self.constants.get(literal(value)) or self.fresh(key)
                self.constants[literal(value)] = name
                text = text.replace(literal(value), name)
        return text

    def helped(self, text: str) -> str:
        """Remember the functions that a text calls and the file has to define or import."""
        self.helpers |= {word for word, name in HELPERS.items() if f"{name}(" in text}
        return text

    def named(self, name: str, context: Context) -> str:
        """Write a name that an expression mentions."""
        if name == "index" and context.index is not None:
            return self.loops.get(context.level, str(context.index))
        inner = self.traces[0].let_of(context, name)
        if inner is not None:
            trace = next((t for t in self.traces if context in t.bodies.values()), self.traces[0])
            expression, where = inner
            return _grouped(self.raw(expression.text, [(trace, where)], where.module.scope[name]))
        symbol = context.symbol_of(name)
        if symbol in self.fixed:
            return literal(context.module.scope[name])
        return self.symbol(symbol)

    def template(self, key: str, trace: Trace, context: Context) -> str:
        """Write a name with placeholders as an f-string, or as it is where nothing is left open."""
        found, texts = [], []
        for piece in pieces(key):
            if isinstance(piece, str):
                found.append(piece)
            else:
                text = self.expression(piece, [(trace, context)])
                if '"' in text:
                    raise CannotSay(f"the name `{key}` compares texts")
                found.append(text if text.isdigit() else f"{{{text}}}")
                texts += [] if text.isdigit() else [text]
        if not texts:
            return literal("".join(found))
        return f'f"{"".join(found)}"'


_POSITIONS = {1: "channels", 2: "height", 3: "width"}


def _argument_name(symbol: str, trace: Trace) -> str:
    """Call an input's size `in_channels`, or `skip_channels` of an input `skip`."""
    if ":" in symbol:
        return symbol.rpartition(":")[2]
    name, dot, index = symbol.partition(".")
    if not dot:
        return symbol
    prefix = "in" if name == "input" else name
    rank = trace.module.inputs[name].rank
    if rank in (2, 3) and int(index) == rank - 1:
        return f"{prefix}_features"
    return f"{prefix}_{_POSITIONS.get(int(index), f'size{index}')}"


def _grouped(text: str) -> str:
    """Put parentheses round an expression that is more than a name, a call or an element."""
    tree = ast.parse(text, mode="eval").body
    alone = isinstance(tree, ast.Name | ast.Call | ast.Subscript | ast.Attribute | ast.Constant)
    return text if alone else f"({text})"
