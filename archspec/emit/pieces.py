"""The pieces that emitted code is made of, before it is known where its lines break."""

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import TypeGuard

WIDTH = 100
INDENT = "    "


@dataclass(frozen=True, slots=True)
class Bracketed:
    """`head(items)tail`: on one line if it fits, else its items below each other.

    `exploded` asks for the second form always, as a trailing comma does.
    """

    head: str
    items: tuple["Code", ...]
    tail: str = ")"
    exploded: bool = False


@dataclass(frozen=True, slots=True)
class Unpacked:
    """`*(element for _ in range(2))`: on one line if it fits, else a line for each clause."""

    element: "Code"
    clauses: tuple[str, ...]
    head: str = "*("
    tail: str = ")"


@dataclass(frozen=True, slots=True)
class Operands:
    """`first + second`: on one line if it fits, else each operator begins a line."""

    first: "Code"
    rest: tuple[tuple[str, "Code"], ...]


@dataclass(frozen=True, slots=True)
class Joined:
    """`f(x).g(y)[0]`: its brackets are opened from the left as far as the line is too long."""

    parts: tuple["str | Bracketed", ...]


Code = str | Bracketed | Unpacked | Operands | Joined


def one_line(code: Code) -> str | None:
    """Write code on one line, or give `None` where it asks for several."""
    return None if _asks(code) else flat(code)


def _asks(code: Code) -> bool:
    """Say whether code asks for several lines."""
    if isinstance(code, Bracketed):
        return code.exploded or any(map(_asks, code.items))
    return isinstance(code, Unpacked) and _asks(code.element)


def flat(code: Code) -> str:
    """Write code on one line, whatever it asks for."""
    if isinstance(code, Bracketed):
        return f"{code.head}{', '.join(map(flat, code.items))}{code.tail}"
    if isinstance(code, Unpacked):
        return f"{code.head}{flat(code.element)} {' '.join(code.clauses)}{code.tail}"
    if isinstance(code, Operands):
        return " ".join((flat(code.first), *(f"{word} {flat(item)}" for word, item in code.rest)))
    return "".join(map(flat, code.parts)) if isinstance(code, Joined) else code


def prefixed(prefix: str, code: Code) -> Code:
    """Put text before code, as `name=` before an argument.

    >>> prefixed("p=", Bracketed("f(", ("x",)))
    Bracketed(head='p=f(', items=('x',), tail=')', exploded=False)
    """
    if isinstance(code, str):
        return prefix + code
    if isinstance(code, Operands):
        return replace(code, first=prefixed(prefix, code.first))
    if isinstance(code, Joined):
        first = prefixed(prefix, code.parts[0])
        assert isinstance(first, str | Bracketed)
        return Joined((first, *code.parts[1:]))
    return replace(code, head=prefix + code.head)


def parsed(text: str) -> Code:
    """Take an expression or argument to pieces, as far as its lines may break there.

    >>> parsed("a + f(x)")
    Operands(first='a', rest=(('+', Bracketed(head='f(', items=('x',), tail=')', exploded=False)),))
    """
    whole = f"_({text})"
    try:
        tree = ast.parse(whole, mode="eval").body
    except SyntaxError:  # an argument with its type
        return text
    call = _Parser(whole).code(tree)
    assert isinstance(call, Bracketed)
    return call.items[0] if len(call.items) == 1 else text


_RANKS: Mapping[type[ast.operator], tuple[int, str]] = {
    ast.Add: (1, "+"),
    ast.Sub: (1, "-"),
    ast.Mult: (2, "*"),
    ast.Div: (2, "/"),
    ast.FloorDiv: (2, "//"),
    ast.Mod: (2, "%"),
    ast.MatMult: (2, "@"),
    ast.Pow: (3, "**"),
}
_COMPARISONS: Mapping[type[ast.cmpop], str] = {
    ast.Eq: "==",
    ast.NotEq: "!=",
    ast.Lt: "<",
    ast.LtE: "<=",
    ast.Gt: ">",
    ast.GtE: ">=",
}
_Chained = ast.BinOp | ast.BoolOp | ast.Compare | ast.IfExp


def _is_simple_power(node: ast.expr) -> TypeGuard[ast.BinOp]:
    """Say whether `ruff format` sets no spaces in a power: its sides are names or numbers."""
    return (
        isinstance(node, ast.BinOp)
        and isinstance(node.op, ast.Pow)
        and _is_name_or_number(node.left)
        and _is_name_or_number(node.right)
    )


def _is_name_or_number(node: ast.expr) -> bool:
    while isinstance(node, ast.Attribute):
        node = node.value
    return isinstance(node, ast.Name | ast.Constant)


@dataclass(frozen=True, slots=True)
class _Parser:
    text: str

    def code(self, node: ast.expr) -> Code:
        """Give the pieces of one expression."""
        if _is_simple_power(node):
            return f"{self.source(node.left)}**{self.source(node.right)}"
        if isinstance(node, _Chained):
            first, *rest = self.operands(node)
            return Operands(first[1], tuple(rest))
        if isinstance(node, ast.Tuple | ast.List):
            return self.listed(node)
        if isinstance(node, ast.ListComp):
            clauses = tuple(map(self.clause, node.generators))
            return Unpacked(self.code(node.elt), clauses, "[", "]")
        if isinstance(node, ast.Dict):
            return Bracketed("{", tuple(self.pairs(node)), "}")
        if isinstance(node, ast.Starred):
            return prefixed("*", self.code(node.value))
        if isinstance(node, ast.Call | ast.Subscript | ast.Attribute):
            parts = tuple(self.parts(node))
            return parts[0] if len(parts) == 1 else Joined(parts)
        return self.source(node)

    def source(self, node: ast.AST) -> str:
        """Give the text of a part."""
        return ast.get_source_segment(self.text, node) or ""

    def listed(self, node: ast.Tuple | ast.List) -> Code:
        """Give the pieces of a tuple or a list."""
        items = tuple(self.code(item) for item in node.elts)
        if isinstance(node, ast.List):
            return Bracketed("[", items, "]")
        return Bracketed("(", items) if len(items) > 1 else self.source(node)

    def clause(self, node: ast.comprehension) -> str:
        """Give the text of `for … in …`."""
        return f"for {self.source(node.target)} in {self.source(node.iter)}"

    def pairs(self, node: ast.Dict) -> Iterator[Code]:
        """Give the pairs of a dict."""
        for key, value in zip(node.keys, node.values, strict=True):
            yield prefixed(f"{self.source(key)}: " if key else "**", self.code(value))

    def parts(self, node: ast.expr) -> Iterator[str | Bracketed]:
        """Give the calls and attributes that follow each other, each with its brackets."""
        waiting = ""
        for part in self.links(node):
            if isinstance(part, str):
                waiting += part
                continue
            yield replace(part, head=waiting + part.head)
            waiting = ""
        if waiting:
            yield waiting

    def links(self, node: ast.expr) -> Iterator[str | Bracketed]:
        """Go along a chain of calls and attributes from its start."""
        if not isinstance(node, ast.Call | ast.Attribute | ast.Subscript):
            yield f"({self.source(node)})" if self.grouped(node) else self.source(node)
            return
        owner = node.func if isinstance(node, ast.Call) else node.value
        yield from self.links(owner)
        if isinstance(node, ast.Call) and (node.args or node.keywords):
            named = (prefixed(f"{item.arg}=", self.code(item.value)) for item in node.keywords)
            yield Bracketed("(", (*map(self.code, node.args), *named))
        else:
            end = (owner.end_col_offset or 0) + self.grouped(owner)
            yield self.text[end : node.end_col_offset]

    def operands(self, node: ast.expr) -> Iterator[tuple[str, Code]]:
        """Give the operands of one precedence, each with what stands before it."""
        if isinstance(node, ast.BoolOp):
            word = "and" if isinstance(node.op, ast.And) else "or"
            for index, value in enumerate(node.values):
                yield word if index else "", self.operand(value)
        elif isinstance(node, ast.Compare):
            yield "", self.operand(node.left)
            for operator, value in zip(node.ops, node.comparators, strict=True):
                yield _COMPARISONS[type(operator)], self.operand(value)
        elif isinstance(node, ast.IfExp):
            for word, part in (("", node.body), ("if", node.test), ("else", node.orelse)):
                yield word, self.operand(part)
        elif isinstance(node, ast.BinOp):
            rank, word = _RANKS[type(node.op)]
            left = node.left
            same = isinstance(left, ast.BinOp) and _RANKS[type(left.op)][0] == rank
            alike = same and not self.grouped(left)
            yield from self.operands(left) if alike else [("", self.operand(left))]
            yield word, self.operand(node.right)

    def operand(self, node: ast.expr) -> Code:
        """Give an operand, with the parentheses round it."""
        return Bracketed("(", (self.code(node),)) if self.grouped(node) else self.code(node)

    def grouped(self, node: ast.expr) -> bool:
        """Say whether parentheses stand round an expression."""
        before, after = self.text[: node.col_offset], self.text[node.end_col_offset :]
        return before.endswith("(") and after.startswith(")")
