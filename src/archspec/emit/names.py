"""The names of one class: which symbols are arguments of its constructor, and what is fixed."""

import ast
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from copy import copy
from dataclasses import dataclass, field, fields
from functools import partial
from typing import NamedTuple, TypeVar

from archspec.dimensions import Polynomial, Size, substitute, symbol, symbols_of
from archspec.emit.code import TAKEN, bare_text, literal
from archspec.emit.facts import conditions_in, equal_under
from archspec.emit.render import HELPERS, expression_text, size_text
from archspec.emit.short import MARK, abbreviated
from archspec.emit.trace import Context, Trace
from archspec.expressions import Expression, parse, pieces
from archspec.spec import MODULE_ATTRIBUTES, Layer

T = TypeVar("T")


class Sized(NamedTuple):
    """A size in one use: the trace, the size in its symbols, the repetitions around it."""

    trace: Trace
    size: Size
    indices: tuple[int, ...] = ()

    @property
    def actual(self) -> Size:
        """What the size is there."""
        return self.trace.actual(self.size)


_POSITIONS = {1: "channels", 2: "height", 3: "width"}


class CannotSay(Exception):
    """One class cannot say all uses of a block: each kind of use gets its own."""


@dataclass(slots=True)
class Names:
    """What a class calls the symbols of its traces, as they come to be used.

    `fixed` are the model's parameters that stay numbers. `pinned` gathers the symbols on which a
    printed number or a decision depends. `helpers` are functions that the file needs. `loops` are
    the variables of the loops around, by level, `open` the levels of those that may go on further
    than here, and `kept` the names that `forward` needs, with the attributes that keep them.
    `asked` counts the sizes that were asked for, `written` are those that were said, and
    `abbreviations` names for some of them.
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
    asked: int = 0
    written: list[Polynomial] = field(default_factory=list)
    abbreviations: Mapping[Polynomial, str] = field(default_factory=dict)
    open: frozenset[int] = frozenset()

    def attempt(self, write: Callable[[], T]) -> T | None:
        """Write something, or leave no trace of it where one class cannot say it."""
        before = {item.name: copy(getattr(self, item.name)) for item in fields(self)}
        try:
            return write()
        except CannotSay:
            for name, value in before.items():
                setattr(self, name, value)
            return None

    # --- sizes ------------------------------------------------------------------------------

    def size(self, candidates: Iterable[Sized]) -> str:
        """Write a size that every use has, from what it is in each of them.

        An expression over the constructor's arguments is best, then one in which some numbers
        are fixed, then one for where a layer is there and one for where it is not, then the number;
        what fixed numbers depend on is pinned.
        """
        self.asked += 1
        known = list(dict.fromkeys(candidates))
        text = self.common(known)
        return text or (self.divided(known) if len(known) > 1 else None) or self.number(known)

    def common(self, known: list[Sized]) -> str | None:
        """Write a size as one expression, if there is one."""
        for item in sorted(known, key=lambda item: bool(bare(item.size))):
            numbers = {n: item.trace.values[n] for n in bare(item.size)}
            plain = self.relative(substitute(self.unfixed(item.size), numbers), item)
            if all(self.agrees(plain, other) for other in known):
                for other in known:
                    for name in bare(other.size):
                        self.pinned |= other.trace.depends[name]
                return self.said(plain)
        return None

    def divided(self, known: list[Sized]) -> str | None:
        """Write a size that depends on whether a layer is there: `a if stride == 1 else b`."""
        if len({item.actual for item in known}) == 1:
            return None
        for key, layer in self.layers.items():
            has = [item for item in known if key not in item.trace.module.absent]
            others = [item for item in known if key in item.trace.module.absent]
            if has and others and isinstance(layer.when, str):
                texts = self.attempt(partial(self.sides, layer.when, has, others))
                if texts is not None:
                    return texts
        return None

    def sides(self, when: str, has: list[Sized], others: list[Sized]) -> str:
        """Write the size where a condition holds, and where it does not."""
        first, second = self.common(has), self.common(others)
        if first is None or second is None:
            raise CannotSay("a size differs between uses")
        test = self.raw(when, [(trace, trace.bodies[()]) for trace in self.traces])
        return f"{first} if {test} else {second}"

    @property
    def layers(self) -> Mapping[str, Layer]:
        """The layers of the class as they are written."""
        definition = self.traces[0].module.definition
        return definition.layers if definition is not None else {}

    def said(self, size: Size) -> str:
        """Write a size under the names that the class has for it and its parts."""
        if isinstance(size, Polynomial):
            self.written.append(size)
        return bare_text(size_text(abbreviated(size, self.abbreviations), self.symbol))

    def abbreviation_lines(self) -> Iterator[str]:
        """Say what the names of sizes stand for."""
        for size, name in self.abbreviations.items():
            others = {other: known for other, known in self.abbreviations.items() if other != size}
            yield f"{name} = {size_text(abbreviated(size, others), self.symbol)}"

    def agrees(self, size: Size, other: Sized) -> bool:
        """Say whether a size is right in another use, for all arguments of the class.

        Where the other one is a bare number, what that depends on is pinned.
        """
        if _here(size, other) != other.actual:
            return False
        own = self.unfixed(other.size)
        own = substitute(own, {name: other.trace.values[name] for name in bare(own)})
        loops: dict[str, Size] = {
            f"index@{level}": number for level, number in enumerate(other.indices, start=1)
        }
        said = substitute(size, loops)
        names = (*symbols_of(own), *symbols_of(said))
        numbers = {n: other.trace.values[n] for n in names if n in other.trace.values and "@" in n}
        counted = {n: value for n, value in numbers.items() if n.startswith("index@")}
        return equal_under(other.trace, substitute(said, counted), substitute(own, counted))

    def relative(self, size: Size, item: Sized) -> Size:
        """Say the number of a repetition by the variable of its loop, outside loops as it is."""
        found: dict[str, Size] = {}
        for name in symbols_of(size):
            if name.startswith("index@"):
                level, index = map(int, name.removeprefix("index@").split("="))
                here = item.indices[level - 1] if level <= len(item.indices) else index
                loop = symbol(f"index@{level}") + (index - here)
                found[name] = loop if level in self.loops else index
        return substitute(size, found)

    def number(self, known: list[Sized]) -> str:
        """Write a size as the number that it is in every use; what it depends on is pinned."""
        if self.strict and any(item.trace.dependence(item.size) for item in known):
            raise CannotSay("a size is no expression")
        numbers = {item.actual for item in known}
        if len(numbers) != 1 or not isinstance(min(numbers, key=str), int):
            raise CannotSay("a size differs between uses")
        for item in known:
            self.pinned |= item.trace.dependence(item.size)
            if len({str(other.size) for other in known}) > 1:
                self.pinned |= conditions_in(item.trace)
        return str(numbers.pop())

    def unfixed(self, size: Size) -> Size:
        """Put numbers in the place of the model's fixed parameters."""
        fixed = {name: self.traces[0].values[name] for name in symbols_of(size) & self.fixed}
        return substitute(size, fixed)

    # --- names ------------------------------------------------------------------------------

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
        return self.traces[0].module.scope[name.rpartition(":")[2]]

    def is_let(self, name: str) -> bool:
        """Say whether a symbol is one of the class's own `let` names."""
        module = self.traces[0].module
        own = name.removeprefix(f"{module.space}:") if module.is_model else name
        return module.definition is not None and own in module.definition.let

    def let(self, name: str) -> str:
        """Write a `let` name, and what it is if it was not yet used."""
        if name not in self.lets:
            module = self.traces[0].module
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
        taken = {*self.used.values(), *self.abbreviations.values(), *others}
        while name in taken or name in TAKEN:
            name += "_"
        return name

    # --- arguments --------------------------------------------------------------------------

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
        expression = parse(raw)
        text = self.expression(expression, contexts)
        if type(value) is int and _gives_float(expression, contexts[0][1]):
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

        return self.helped(expression_text(expression, name, size, context.tensors))

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

    # --- in `forward` -------------------------------------------------------------------------

    def keep(self, text: str, wanted: str = "") -> str:
        """Write what the constructor knows by a name as the attribute that keeps it."""
        if text not in self.kept:
            name = wanted or text
            while name in self.reserved or f"self.{name}" in self.kept.values():
                name += "_"
            self.kept[text] = f"self.{name}"
        return self.kept[text]

    def in_forward(self, raw: object, context: Context, tensors: Callable[[str], str]) -> str:
        """Write what stands in the YAML for `forward`; `tensors` writes the tensor of a name."""
        if isinstance(raw, list):
            inside = ", ".join(self.in_forward(item, context, tensors) for item in raw)
            return f"({inside},)" if len(raw) == 1 else f"({inside})"
        if not isinstance(raw, str):
            return literal(raw)
        expression = parse(raw)

        def name(found: str) -> str:
            text = self.named(found, context)
            return self.keep(text) if text.isidentifier() and found != "index" else text

        def size(name: str, index: int) -> str:
            raise CannotSay(f"`{name}` is no tensor in `forward`")

        return self.helped(expression_text(expression, name, size, {}, tensors, context.tensors))

    def pin(self, trace: Trace, names: Iterable[str]) -> None:
        """Remember that the text depends on the values of these symbols."""
        for name in names:
            self.pinned |= trace.depends.get(name, frozenset([name]))


def _here(size: Size, item: Sized) -> Size:
    """Give what a size, said by loops, is in one use."""
    loops = {f"index@{level}": index for level, index in enumerate(item.indices, start=1)}
    return item.trace.actual(substitute(size, loops) if loops else size)


def bare(size: Size) -> frozenset[str]:
    """Name the symbols in a size that stand for bare numbers."""
    return frozenset(name for name in symbols_of(size) if name.startswith("#"))


def _gives_float(expression: Expression, context: Context) -> bool:
    """Say whether Python computes an expression with floats: outside calls that round."""
    waiting: list[ast.AST] = [expression.tree]
    while waiting:
        node = waiting.pop()
        if isinstance(node, ast.Call) and _gives_whole(node):
            continue
        if isinstance(node, ast.Div) or _is_float(node, context):
            return True
        waiting += ast.iter_child_nodes(node)
    return False


def _grouped(text: str) -> str:
    """Put parentheses round an expression that is more than a name, a call or an element."""
    tree = ast.parse(text, mode="eval").body
    alone = isinstance(tree, ast.Name | ast.Call | ast.Subscript | ast.Attribute | ast.Constant)
    return text if alone else f"({text})"


_WHOLE = ("ceil", "floor", "len", "make_divisible")


def _gives_whole(node: ast.Call) -> bool:
    """Say whether a function gives an integer whatever it is given: `round` of one number too."""
    name = ast.unparse(node.func)
    return name in _WHOLE or (name == "round" and len(node.args) == 1)


def _is_float(node: ast.AST, context: Context) -> bool:
    if isinstance(node, ast.Name):
        parameter = getattr(context.module.definition, "params", {}).get(node.id)
        if parameter is not None and (
            parameter.type == "float" or isinstance(parameter.default, float)
        ):
            return True
        value = context.module.scope.get(node.id)
        items = value if isinstance(value, list | tuple) else [value]
        return any(isinstance(item, float) for item in items)
    return isinstance(node, ast.Constant) and isinstance(node.value, float)


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
