"""The operators and functions of expressions on values that are known; see `evaluate`."""

import ast
import operator
from collections.abc import Callable, Mapping
from typing import Any, NoReturn

from archspec.diagnostics import NumberTooLarge, OutOfRange, SymbolicValue, WrongType
from archspec.expressions.parse import CALLS, FUNCTIONS, Function, shorten
from archspec.sizes import Polynomial, Tensor, Truth, at_least, equal

NUMBERS = (int, float)
SYMBOLIC = (int, float, Polynomial)
_EQUALITY = (ast.Eq, ast.NotEq)

_BINARY: Mapping[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
    ast.Div: operator.truediv,
    ast.FloorDiv: operator.floordiv,
    ast.Mod: operator.mod,
    ast.Pow: operator.pow,
}


_COMPARE: Mapping[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.NotEq: operator.ne,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}


def too_large(node: ast.expr) -> NoReturn:
    """Say that a number is larger than any size may be."""
    raise NumberTooLarge(
        f"`{text_of(node)}` is larger than 2^63 - 1", offset=node.col_offset
    ) from None


def text_of(node: ast.AST) -> str:
    """Write a part of an expression, for a message."""
    return shorten(ast.unparse(node))


def computed(node: ast.BinOp, left: Any, right: Any) -> Any:
    """Apply an operator between two values."""
    for operand in (left, right):
        if not isinstance(operand, SYMBOLIC):
            raise WrongType(
                f"`{text_of(node)}` computes with {described(operand)}, not with numbers",
                offset=node.col_offset,
            )
    if isinstance(left, Polynomial) or isinstance(right, Polynomial):
        return _symbolic(node, left, right)
    if isinstance(node.op, ast.Pow):
        _check_power(node, left, right)
    return _BINARY[type(node.op)](left, right)


def _symbolic(node: ast.BinOp, left: Any, right: Any) -> Any:
    exact = isinstance(left, int | Polynomial) and isinstance(right, int | Polynomial)
    adds = isinstance(node.op, ast.Add | ast.Sub | ast.Mult)
    divides = isinstance(node.op, ast.FloorDiv | ast.Mod) and isinstance(right, int) and right > 0
    if exact and (adds or divides):
        return _BINARY[type(node.op)](left, right)
    raise SymbolicValue(
        f"`{text_of(node)}` cannot be computed exactly where a size is a symbol",
        offset=node.col_offset,
    )


def _check_power(node: ast.BinOp, base: float, exponent: float) -> None:
    if abs(base) > 1 and exponent > 64:
        too_large(node)


def definite(node: ast.expr, value: Any) -> Any:
    """Give a value back whose truth depends on no symbol."""
    if isinstance(value, Polynomial):
        raise SymbolicValue(
            f"whether `{text_of(node)}` is true depends on a symbol", offset=node.col_offset
        )
    return value


def compared(node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> bool:
    """Say whether a comparison of two values holds."""
    _check_comparable(node, op, left, right)
    if not (isinstance(left, Polynomial) or isinstance(right, Polynomial)):
        return _COMPARE[type(op)](left, right)
    truth = _symbolic_truth(op, left, right)
    if isinstance(truth, bool):
        return truth
    raise SymbolicValue(
        f"whether `{text_of(node)}` holds depends on a symbol: {truth}", offset=node.col_offset
    )


def _check_comparable(node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> None:
    """Refuse to order what has no order, and to ask of a symbol whether it is no whole number."""
    symbolic = isinstance(left, Polynomial) or isinstance(right, Polynomial)
    if isinstance(op, _EQUALITY) and not symbolic:
        return
    numbers = (int, Polynomial) if symbolic else NUMBERS
    alike = isinstance(left, str) and isinstance(right, str)
    if not alike and not (isinstance(left, numbers) and isinstance(right, numbers)):
        text = f"`{text_of(node)}` compares {described(left)} with {described(right)}"
        raise WrongType(text, offset=node.col_offset)


def _symbolic_truth(op: ast.cmpop, left: Any, right: Any) -> Truth:
    if isinstance(op, ast.Eq):
        return equal(left, right)
    if isinstance(op, ast.NotEq):
        return _negated(equal(left, right))
    if isinstance(op, ast.GtE):
        return at_least(left, right)
    if isinstance(op, ast.Gt):
        return at_least(left, right + 1)
    return at_least(right, left) if isinstance(op, ast.LtE) else at_least(right, left + 1)


def _negated(truth: Truth) -> Truth:
    return not truth if isinstance(truth, bool) else truth


def called(node: ast.Call, arguments: list[Any]) -> Any:
    """Call one of the functions."""
    assert isinstance(node.func, ast.Name)
    name = node.func.id
    items = [item for value in arguments for item in (value if _listed(value) else [value])]
    if any(isinstance(item, Polynomial) for item in items) and name != "len":
        raise SymbolicValue(
            f"`{text_of(node)}` cannot be computed where a size is a symbol",
            offset=node.col_offset,
        )
    if any(isinstance(item, str) for item in items):
        raise WrongType(f"`{text_of(node)}` computes with a text", offset=node.col_offset)
    _check_arguments(node, CALLS[name], arguments)
    return FUNCTIONS[name](*arguments)


def _check_arguments(node: ast.Call, function: Function, arguments: list[Any]) -> None:
    """Refuse what a function does not take, and say what it takes."""
    if function.most is not None and len(arguments) > function.most:
        raise _takes(node, function, f"not {len(arguments)} values")
    if function.numbers:
        _check_numbers(node, function, arguments)
    elif len(arguments) == 1 and not _listed(arguments[0]):
        text = f"`{text_of(node)}` takes a list, not {described(arguments[0])}"
        raise WrongType(text, offset=node.col_offset)
    elif function.most is None and len(arguments) == 1 and not arguments[0]:
        raise WrongType(f"`{text_of(node)}` takes a list that is not empty", offset=node.col_offset)


def _takes(node: ast.Call, function: Function, instead: str) -> WrongType:
    text = f"`{text_of(node)}` takes {function.takes}, {instead}"
    return WrongType(text, offset=node.col_offset)


def _check_numbers(node: ast.Call, function: Function, arguments: list[Any]) -> None:
    wrong = next((value for value in arguments if not isinstance(value, NUMBERS)), None)
    if wrong is not None:
        raise _takes(node, function, f"not {described(wrong)}")
    for whole, value in zip(function.integers, arguments[1:], strict=False):
        if type(value) is not int:
            text = f"the {whole.name} in `{text_of(node)}` must be an integer, not {value}"
            raise WrongType(text, offset=node.col_offset)
        if not whole.least <= value <= whole.most:
            text = f"the {whole.name} in `{text_of(node)}` must be {whole.bounds}, not {value}"
            raise OutOfRange(text, offset=node.col_offset)


def _listed(value: object) -> bool:
    return isinstance(value, list | tuple)


def described(value: object) -> str:
    """Say what kind of value it is, in the words of a message.

    >>> described([1, 2])
    'a list'
    """
    for types, words in _KINDS:
        if isinstance(value, types):
            return words
    return f"a {type(value).__name__}"


_KINDS: tuple[tuple[type | tuple[type, ...], str], ...] = (
    (bool, "a truth value"),
    (int, "an integer"),
    (float, "a number with a point"),
    (str, "a text"),
    ((list, tuple), "a list"),
    (dict, "a mapping"),
    (type(None), "an empty value"),
    (Polynomial, "a symbolic size"),
    (Tensor, "a tensor"),
)
