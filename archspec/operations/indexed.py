"""Numbers by their places: lists in lists, and expressions over indices (`j <= i` is a mask)."""

import ast
import math
from collections.abc import Collection, Iterator
from itertools import product
from typing import Any

from archspec.diagnostics import ForbiddenExpression, Problem
from archspec.expressions import CALLS, IN_PYTHON, Scope, evaluate, parse

INDICES = ("i", "j", "k", "l")
"""What the places along the first four dimensions are called."""

NAMES = frozenset([*INDICES, "shape"])
"""The names that such an expression has of its own."""

MOST_NUMBERS = 2**24
"""How many numbers an expression gives at most: each is computed by itself."""

_NUMBERS = {"pi": math.pi, "inf": math.inf}
"""Numbers by their names in Python's `math`: waves are written with π, and masks with infinity."""

_FUNCTIONS = frozenset(CALLS) - {"make_divisible"}
_MOST_TRIED = 4096


class BadValue(ValueError):
    """An expression that gives no number, for one reason."""


def check_expression(text: str, shape: tuple[int, ...], whole: bool = False) -> None:
    """Raise `BadValue` unless an expression gives a number at each place of a small shape.

    Of a large one only the corners are tried. With `whole` the numbers are integers.

    >>> check_expression("j <= i", (4, 4))
    """
    if len(shape) > len(INDICES):
        raise BadValue(f"an expression has indices for {len(INDICES)} dimensions")
    try:
        expression = parse(text)
        _check_words(expression.tree, len(shape))
        for scope in scopes(shape, Scope(_NUMBERS)):
            _check_number(evaluate(expression, scope), whole)
    except ForbiddenExpression as problem:
        functions = ", ".join(f"`{name}`" for name in sorted(_FUNCTIONS))
        raise BadValue(f"{problem.message}; its functions are {functions}") from None
    except Problem as problem:
        raise BadValue(problem.message) from None


def _check_words(tree: ast.expr, rank: int) -> None:
    for node in ast.walk(tree):
        if not isinstance(node, ast.Name) or node.id in ("true", "false"):
            continue
        names = (*INDICES[:rank], "shape", *_NUMBERS)
        if node.id not in _FUNCTIONS.union(names):
            listed = ", ".join(f"`{name}`" for name in names)
            raise BadValue(f"`{node.id}` is none of its names, which are {listed}")


def scopes(shape: tuple[int, ...], around: Scope) -> Iterator[Scope]:
    """Give what an expression sees at each place of a small shape; of a large one, the corners.

    >>> [scope.values["j"] for scope in scopes((1, 3), Scope())]
    [0, 1, 2]
    """
    for place in _places(shape):
        indices = dict(zip(INDICES, place, strict=False))
        yield around.extended({**indices, "shape": shape})


def used(names: Collection[str], shape: tuple[int, ...]) -> tuple[int, ...]:
    """Give 1 for the sizes whose indices an expression does not name: there it gives the same.

    >>> used({"j", "shape"}, (64, 16, 3, 3))
    (1, 16, 1, 1)
    """
    pairs = zip(INDICES, shape, strict=False)
    return tuple(size if index in names else 1 for index, size in pairs)


def _places(shape: tuple[int, ...]) -> Iterator[tuple[int, ...]]:
    small = math.prod(shape) <= _MOST_TRIED
    return product(*(range(size) if small else (0, size - 1) for size in shape))


def _check_number(value: object, whole: bool) -> None:
    if not isinstance(value, int | float) or math.isnan(value):
        raise BadValue("it gives no number")
    if whole and isinstance(value, float):
        raise BadValue(f"it gives {value:.6g}, which is no integer: `round(…)`, `floor(…)`")


def nested(text: str, sizes: tuple[str, ...]) -> str:
    """Write the numbers of an expression as lists in lists; `sizes` are texts.

    >>> nested("j <= i", ("n", "8")), nested("2 ** -i", ("n", "1"))
    ('[[j <= i for j in range(8)] for i in range(n)]', '[[2 ** (-i)] for i in range(n)]')
    >>> nested("sin(pi * i)", ("4",))
    '[math.sin(math.pi * i) for i in range(4)]'
    """
    tree = _Python(sizes).visit(ast.parse(text.strip(), mode="eval").body)
    names = {node.id for node in ast.walk(tree) if isinstance(node, ast.Name)}
    written = ast.unparse(tree)
    for index, size in reversed(list(zip(INDICES, sizes, strict=False))):
        alone = size == "1" and index not in names
        written = f"[{written}]" if alone else f"[{written} for {index} in range({size})]"
    return written


class _Python(ast.NodeTransformer):
    """Puts Python's words in the place of the language's, and sizes in that of `shape`."""

    def __init__(self, sizes: tuple[str, ...]) -> None:
        self.sizes = sizes

    def visit_Name(self, node: ast.Name) -> ast.expr:
        """Write a truth, the shape or an index."""
        shape = f"({', '.join(self.sizes)},)"
        words = {"true": "True", "false": "False", "shape": shape}
        words |= {name: f"math.{name}" for name in _NUMBERS}
        return ast.parse(words.get(node.id, node.id), mode="eval").body

    def visit_Call(self, node: ast.Call) -> ast.expr:
        """Write a function by its name in Python."""
        if not isinstance(node.func, ast.Name):  # it is Python's own word already
            self.generic_visit(node)
            return node
        called = ast.parse(IN_PYTHON.get(node.func.id, node.func.id), mode="eval").body
        return ast.Call(called, [self.visit(item) for item in node.args], [])

    def visit_Subscript(self, node: ast.Subscript) -> ast.expr:
        """Write the size itself for `shape[0]`."""
        place = node.slice.value if isinstance(node.slice, ast.Constant) else None
        is_shape = isinstance(node.value, ast.Name) and node.value.id == "shape"
        if is_shape and isinstance(place, int) and place < len(self.sizes):
            return ast.parse(self.sizes[place], mode="eval").body
        self.generic_visit(node)
        return node


def listed_shape(value: Any) -> tuple[int, ...] | None:
    """Give the shape of lists in lists; `None` where they are not equally long, or empty.

    >>> listed_shape([[1, 2], [3, 4], [5, 6]]), listed_shape([[1, 2], [3]])
    ((3, 2), None)
    """
    if isinstance(value, bool | int | float):
        return ()
    if not isinstance(value, list | tuple) or not value:
        return None
    shapes = {listed_shape(item) for item in value}
    inner = shapes.pop()
    return None if shapes or inner is None else (len(value), *inner)


def items(value: Any, place: tuple[int, ...] = ()) -> Iterator[tuple[tuple[int, ...], Any]]:
    """Give what stands in lists in lists, each with its place.

    >>> list(items([[1, 2], [3]]))
    [((0, 0), 1), ((0, 1), 2), ((1, 0), 3)]
    """
    if not isinstance(value, list | tuple):
        yield place, value
        return
    for index, item in enumerate(value):
        yield from items(item, (*place, index))
