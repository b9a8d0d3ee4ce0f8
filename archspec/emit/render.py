"""Write expressions and sizes of a spec as Python, under the names that a class has for them."""

import ast
import re
from collections.abc import Callable, Collection, Iterator, Mapping
from math import gcd
from typing import Any

from archspec.diagnostics import Problem
from archspec.emit.lift import size_access
from archspec.expressions import IN_PYTHON, Expression
from archspec.expressions.operators import called
from archspec.sizes import Floor, Monomial, Polynomial, Size, Symbol, Tensor

HELPERS: Mapping[str, str] = {**IN_PYTHON, "make_divisible": "make_divisible"}

NameText = Callable[[str], str]
SizeText = Callable[[str, int], str]


def expression_text(
    expression: Expression,
    name: NameText,
    size: SizeText,
    tensors: Mapping[str, Tensor],
    value: NameText = str,
    values: Collection[str] = (),
) -> str:
    """Write an expression; `name` and `size` say what its names and sizes are called.

    `values` are the names of tensors that are at hand when it runs, and `value` writes them.

    >>> from archspec.expressions import parse
    >>> expression_text(parse("2*planes if wide else true"), str, lambda name, index: "", {})
    '2 * planes if wide else True'
    >>> expression_text(parse("1 / a ** 0.5 + b[0] ** 2"), str, lambda name, index: "", {})
    '1 / a**0.5 + b[0] ** 2'
    """
    tree = _Renamed(name, size, tensors, value, values).visit(_copy(expression.tree))
    return _double_quoted(_POWER.sub(r"\1**", ast.unparse(tree)))


def _copy(tree: ast.expr) -> ast.expr:
    return ast.parse(ast.unparse(tree), mode="eval").body


def _double_quoted(text: str) -> str:
    return text.replace("'", '"') if '"' not in text else text


_SIMPLE = r"(?:[A-Za-z_][\w.]*|\d[\w.]*)"
_POWER = re.compile(rf"(?<![\w.])({_SIMPLE}) \*\* (?={_SIMPLE}(?![\w.(\[]))")
"""A power of names and numbers, in which `ruff format` sets no spaces."""

_AXES: Mapping[str, str] = {"shape": "", "batch": "[0]", "channels": "[1]", "features": "[-1]"}


class _Renamed(ast.NodeTransformer):
    """Puts Python's names in the place of the spec's."""

    def __init__(
        self,
        name: NameText,
        size: SizeText,
        tensors: Mapping[str, Tensor],
        value: NameText,
        values: Collection[str],
    ) -> None:
        self.name = name
        self.size = size
        self.tensors = tensors
        self.value = value
        self.values = values

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Rename, truth values included."""
        if node.id in ("true", "false"):
            return ast.Constant(node.id == "true")
        return _parsed(self.name(node.id))

    def visit_BinOp(self, node: ast.BinOp) -> ast.AST:
        """Compute what is made of numbers alone, as the number of a repetition is."""
        found = ast.BinOp(self.visit(node.left), node.op, self.visit(node.right))
        if isinstance(node.op, ast.Add) and _is_zero(found.right) and not _is_zero(node.right):
            return found.left  # the first repetition, added to something
        plain = all(_is_integer(side) for side in (found.left, found.right))
        if not plain or ast.dump(found) == ast.dump(node):
            return found
        try:
            value = _computed(found)
        except ArithmeticError:
            return found
        return ast.Constant(value) if isinstance(value, int) else found

    def visit_Compare(self, node: ast.Compare) -> ast.AST:
        """Compare, where both sides are known."""
        found = self.generic_visit(node)
        assert isinstance(found, ast.Compare)
        sides = (found.left, *found.comparators)
        if not all(isinstance(side, ast.Constant) for side in sides):
            return found
        return ast.Constant(bool(_computed(found)))

    def visit_BoolOp(self, node: ast.BoolOp) -> ast.AST:
        """Leave out what is known and decides nothing."""
        values = [self.visit(value) for value in node.values]
        decides = isinstance(node.op, ast.Or)
        kept = [v for v in values if not (isinstance(v, ast.Constant) and v.value is not decides)]
        known = next((v for v in kept if isinstance(v, ast.Constant) and v.value is decides), None)
        if known is not None and known is kept[0]:
            return known
        if not kept:
            return ast.Constant(not decides)
        return kept[0] if len(kept) == 1 else ast.BoolOp(node.op, kept)

    def visit_IfExp(self, node: ast.IfExp) -> ast.AST:
        """Choose, where the condition is known."""
        test = self.visit(node.test)
        if isinstance(test, ast.Constant):
            chosen: ast.AST = self.visit(node.body if test.value else node.orelse)
            return chosen
        return ast.IfExp(test, self.visit(node.body), self.visit(node.orelse))

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Keep functions by their names in Python; compute those of numbers alone."""
        assert isinstance(node.func, ast.Name)
        word = node.func.id
        arguments = [self.visit(item) for item in node.args]
        if word in _ROUNDING:
            arguments = [_without_one(item) for item in arguments]
        if all(isinstance(item, ast.Constant) for item in arguments):
            value = _of_numbers(node, [item.value for item in arguments])
            if type(value) is int or (value is not None and word in ("min", "max")):
                return ast.Constant(value)
        return ast.Call(_parsed(HELPERS.get(word, word)), arguments, [])

    def visit_Attribute(self, node: ast.Attribute) -> ast.AST:
        """Write a size of a tensor, or the list of them."""
        return self._size(node)

    def visit_Subscript(self, node: ast.Subscript) -> ast.AST:
        """Write a size of a tensor by its index, or any element."""
        return self._size(node)

    def _size(self, node: ast.Attribute | ast.Subscript) -> ast.AST:
        owner = node.value if isinstance(node, ast.Attribute) else None
        if isinstance(node, ast.Attribute) and isinstance(owner, ast.Name):
            known = owner.id in self.values
            if known:
                return _parsed(f"{self.value(owner.id)}.shape{_AXES[node.attr]}")
        found = size_access(node, self.tensors)
        if found is not None:
            return _parsed(self.size(*found))
        if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
            name, rank = node.value.id, self.tensors[node.value.id].rank
            return ast.Tuple([_parsed(self.size(name, i)) for i in range(rank)], ast.Load())
        return _element(self.generic_visit(node))


_ROUNDING = ("make_divisible", "ceil", "floor")
"""Functions that give the same for `x` as for `1.0 * x`."""


def _without_one(node: ast.expr) -> ast.expr:
    """Leave out a factor of 1.0, as one that a fixed parameter left; compute a product."""
    if not isinstance(node, ast.BinOp) or not isinstance(node.op, ast.Mult):
        return node
    sides = (node.left, node.right)
    if all(isinstance(side, ast.Constant) for side in sides):
        value = _computed(node)
        return ast.Constant(value) if isinstance(value, int | float) else node
    kept = [s for s in sides if not (isinstance(s, ast.Constant) and s.value == 1)]
    return kept[0] if len(kept) == 1 else node


def _of_numbers(node: ast.Call, arguments: list[object]) -> Any:
    """Call a function of numbers; `None` where it fails, as in a branch that is not taken."""
    try:
        return called(node, arguments)
    except (Problem, ArithmeticError, ValueError):
        return None


def _computed(node: ast.expr) -> object:
    """Compute an expression of constants."""
    return eval(compile(ast.fix_missing_locations(ast.Expression(node)), "", "eval"))


def _element(node: ast.AST) -> ast.AST:
    """Take an element of a list that is written out."""
    if not isinstance(node, ast.Subscript) or not isinstance(node.value, ast.Tuple):
        return node
    items, index = node.value.elts, node.slice
    if isinstance(index, ast.Constant) and isinstance(index.value, int):
        return items[index.value] if -len(items) <= index.value < len(items) else node
    return node


def _is_zero(node: ast.AST) -> bool:
    return _is_integer(node) and isinstance(node, ast.Constant) and node.value == 0


def _is_integer(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) is int


def _parsed(text: str) -> ast.expr:
    return ast.parse(text, mode="eval").body


def size_text(size: Size, name: NameText) -> str:
    """Write a size as Python computes it.

    >>> from archspec.sizes import symbol
    >>> size_text((3 * symbol("planes") + 5) // 8 + 1, str)
    '(3 * planes + 5) // 8 + 1'
    """
    if isinstance(size, int):
        return str(size)
    factors = _factors(size)
    if len(factors) > 1:
        return " * ".join(_factor(factor, name) for factor in factors)
    texts = [_term(*term, name) for term in sorted(size.terms.items(), key=_place)]
    return " + ".join(texts).replace("+ -", "- ")


def _place(term: tuple[Monomial, int]) -> tuple[bool, bool, int]:
    """Order terms as they are said: what is added, the simple before products, numbers last."""
    monomial, factor = term
    return factor < 0, not monomial, sum(power for _, power in monomial)


def _factors(size: Size) -> list[Size]:
    """Take a sum apart that is a product: `a*b - 8*a` is `a` times `b - 8`."""
    for atom, times, other in _split_by_atoms(size):
        monomial, factor = next(iter(times.terms.items()))
        added = other.terms.get(monomial, 0) // factor
        if times * added == other:
            content = gcd(*times.terms.values())
            others = _factors(Polynomial({m: f // content for m, f in times.terms.items()}))
            found = [Polynomial({((atom, 1),): 1}) + added, *others]
            found.sort(key=lambda item: isinstance(item, Polynomial) and len(item.terms) > 1)
            return [content, *found] if content > 1 else found
    return [size]


def _split_by_atoms(size: Size) -> Iterator[tuple[Symbol | Floor, Polynomial, Polynomial]]:
    """Say, for each atom, what it is multiplied with, and what stands beside that."""
    terms = size.terms if isinstance(size, Polynomial) else {}
    for atom in dict.fromkeys(atom for monomial in terms for atom, _ in monomial):
        apart = {monomial: tuple(p for p in monomial if p[0] != atom) for monomial in terms}
        once = (monomial for monomial in terms if (atom, 1) in monomial)
        times = Polynomial.of({apart[monomial]: terms[monomial] for monomial in once})
        none = (monomial for monomial in terms if apart[monomial] == monomial)
        other = Polynomial.of({monomial: terms[monomial] for monomial in none})
        powers = any(p[0] == atom and p[1] > 1 for monomial in terms for p in monomial)
        if isinstance(times, Polynomial) and isinstance(other, Polynomial) and not powers:
            yield atom, times, other


def _factor(size: Size, name: NameText) -> str:
    text = size_text(size, name)
    if isinstance(size, int) or len(size.terms) > 1:
        return _grouped(text)
    ((monomial, factor),) = size.terms.items()
    return text if factor > 1 or len(monomial) > 1 else _grouped(text)


def _term(monomial: Monomial, factor: int, name: NameText) -> str:
    if not monomial:
        return str(factor)
    atoms = [_atom(atom, name) for atom, power in monomial for _ in range(power)]
    alone = len(atoms) == 1 and abs(factor) == 1
    product = atoms[0] if alone else " * ".join(map(_grouped, atoms))
    if abs(factor) != 1:
        product = f"{abs(factor)} * {product}"
    return f"-{product}" if factor < 0 else product


def _atom(atom: Symbol | Floor, name: NameText) -> str:
    if isinstance(atom, Symbol):
        return name(atom.name)
    numerator: Polynomial = atom.numerator
    text = size_text(numerator, name)
    return f"{f'({text})' if ' ' in text else text} // {atom.divisor}"


def _grouped(text: str) -> str:
    return f"({text})" if " " in text else text
