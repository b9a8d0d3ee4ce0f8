"""Evaluate an expression in a scope of names; nothing but arithmetic happens here."""

import ast
import operator
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from difflib import get_close_matches
from typing import Any, NoReturn

from archspec.diagnostics import (
    DivisionByZero,
    IndexOutOfRange,
    NumberTooLarge,
    Problem,
    RankMismatch,
    SymbolicValue,
    UnknownName,
    WrongType,
)
from archspec.dimensions import Polynomial, Truth, at_least, equal
from archspec.expressions.functions import FUNCTIONS
from archspec.expressions.parse import CONSTANTS, Expression, shorten
from archspec.tensors import Tensor

LARGEST = 2**63 - 1

_MOST_LISTED = 8


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: values by name, and the tensors whose sizes it may ask for.

    The two are apart: a layer may have the name of a parameter.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    tensors: Mapping[str, object] = field(default_factory=dict)

    def extended(self, values: Mapping[str, object]) -> "Scope":
        """Give a scope in which these values are nearer."""
        return Scope({**self.values, **values}, self.tensors)


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


class Poisoned(Exception):
    """A value that an expression needs failed elsewhere, where it is reported."""


class _Poison:
    """Stands in a scope for a value that failed."""


POISON = _Poison()


def evaluate(expression: Expression, scope: Scope) -> Any:
    """Evaluate; a float that is whole comes out as an integer, a slice as a tuple.

    >>> from archspec.expressions import parse
    >>> scope = Scope({"width": 64, "depths": [3, 4]})
    >>> evaluate(parse("0.5 * width if width > 8 else depths[0]"), scope)
    32
    """
    return _whole(_value(expression.tree, scope))


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _value(node: ast.expr, scope: Scope) -> Any:
    try:
        value = _EVALUATE[type(node)](node, scope)
    except (Poisoned, Problem):
        raise
    except ZeroDivisionError:
        raise DivisionByZero(f"`{_text(node)}` divides by zero", offset=node.col_offset) from None
    except OverflowError:
        _too_large(node)
    except (TypeError, ValueError):
        raise WrongType(f"`{_text(node)}` cannot be computed", offset=node.col_offset) from None
    if isinstance(value, int | float) and abs(value) > LARGEST:
        _too_large(node)
    if isinstance(value, complex):
        raise WrongType(f"`{_text(node)}` is no real number", offset=node.col_offset)
    return value


def _too_large(node: ast.expr) -> NoReturn:
    raise NumberTooLarge(
        f"`{_text(node)}` is larger than 2^63 - 1", offset=node.col_offset
    ) from None


def _text(node: ast.AST) -> str:
    return shorten(ast.unparse(node))


def _constant(node: ast.Constant, scope: Scope) -> Any:
    return node.value


def _name(node: ast.Name, scope: Scope) -> Any:
    if node.id in CONSTANTS:
        return CONSTANTS[node.id]
    if node.id in scope.values:
        return _usable(node, _clean(scope.values[node.id]))
    if node.id in scope.tensors:
        value = _clean(scope.tensors[node.id])
        raise WrongType(
            f"`{node.id}` is a tensor of {value}, not a number",
            offset=node.col_offset,
            help=f"say which size of it: `{node.id}.channels`, `{node.id}.shape[2]`",
        )
    raise _unknown(node, scope.values)


def _clean(value: object) -> Any:
    if value is POISON:
        raise Poisoned
    return value


def _usable(node: ast.Name, value: object) -> object:
    if isinstance(value, bool | int | float | str | list | tuple | Polynomial):
        return value
    raise WrongType(f"`{node.id}` is a layer here, not a number", offset=node.col_offset)


def _unknown(node: ast.Name, known: Mapping[str, object]) -> UnknownName:
    found = get_close_matches(node.id, list(known), n=1)
    names = ", ".join(f"`{name}`" for name in known)
    help = f"known here are {names}" if 0 < len(known) <= _MOST_LISTED else None
    help = f"did you mean `{found[0]}`?" if found else help
    if node.id == "index":
        help = "`index` counts repetitions, in all keys of a layer but `repeat` and `when`"
    if node.id[0].isupper():
        help = "symbols stand in `input` and `expect`: elsewhere write `x.shape[i]`"
    return UnknownName(f"nothing here is called `{node.id}`", offset=node.col_offset, help=help)


def _attribute(node: ast.Attribute, scope: Scope) -> Any:
    assert isinstance(node.value, ast.Name)
    if node.value.id not in scope.tensors:
        raise _unknown(node.value, scope.tensors)
    value = _clean(scope.tensors[node.value.id])
    if not isinstance(value, Tensor):
        raise WrongType(
            f"`{node.value.id}` gives several values, and only one has `{node.attr}`",
            offset=node.col_offset,
        )
    if node.attr == "channels" and value.rank < 2:
        raise RankMismatch(
            f"`{node.value.id}` is {value} and has no channels: they are the second dimension",
            offset=node.col_offset,
        )
    return getattr(value, node.attr)


def _binary(node: ast.BinOp, scope: Scope) -> Any:
    left, right = _value(node.left, scope), _value(node.right, scope)
    for operand in (left, right):
        if not isinstance(operand, int | float | Polynomial):
            raise WrongType(
                f"`{_text(node)}` computes with {described(operand)}, not with numbers",
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
        f"`{_text(node)}` cannot be computed exactly where a size is a symbol",
        offset=node.col_offset,
    )


def _check_power(node: ast.BinOp, base: float, exponent: float) -> None:
    if abs(base) > 1 and exponent > 64:
        _too_large(node)


def _unary(node: ast.UnaryOp, scope: Scope) -> Any:
    value = _value(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return not _known(node, value)
    if not isinstance(value, int | float | Polynomial):
        raise WrongType(f"`{_text(node)}` is no number", offset=node.col_offset)
    return -value if isinstance(node.op, ast.USub) else value


def _bool(node: ast.BoolOp, scope: Scope) -> Any:
    decides = isinstance(node.op, ast.Or)
    value: Any = None
    for operand in node.values:
        value = _known(operand, _value(operand, scope))
        if bool(value) is decides:
            return value
    return value


def _known(node: ast.expr, value: Any) -> Any:
    if isinstance(value, Polynomial):
        raise SymbolicValue(
            f"whether `{_text(node)}` is true depends on a symbol", offset=node.col_offset
        )
    return value


def _compare(node: ast.Compare, scope: Scope) -> bool:
    left = _value(node.left, scope)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, scope)
        if not _compared(node, op, left, right):
            return False
        left = right
    return True


def _compared(node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> bool:
    _check_comparable(node, op, left, right)
    if not (isinstance(left, Polynomial) or isinstance(right, Polynomial)):
        return _COMPARE[type(op)](left, right)
    truth = _symbolic_truth(op, left, right)
    if isinstance(truth, bool):
        return truth
    raise SymbolicValue(
        f"whether `{_text(node)}` holds depends on a symbol: {truth}", offset=node.col_offset
    )


def _check_comparable(node: ast.Compare, op: ast.cmpop, left: Any, right: Any) -> None:
    """Refuse to order what has no order, and to ask of a symbol whether it is no whole number."""
    symbolic = isinstance(left, Polynomial) or isinstance(right, Polynomial)
    if isinstance(op, ast.Eq | ast.NotEq) and not symbolic:
        return
    numbers = int | Polynomial if symbolic else int | float
    alike = isinstance(left, str) and isinstance(right, str)
    if not alike and not (isinstance(left, numbers) and isinstance(right, numbers)):
        text = f"`{_text(node)}` compares {described(left)} with {described(right)}"
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


def _conditional(node: ast.IfExp, scope: Scope) -> Any:
    chosen = node.body if _known(node.test, _value(node.test, scope)) else node.orelse
    return _value(chosen, scope)


def _subscript(node: ast.Subscript, scope: Scope) -> Any:
    value = _value(node.value, scope)
    if not isinstance(value, list | tuple):
        raise WrongType(f"`{_text(node.value)}` is no list", offset=node.col_offset)
    if isinstance(node.slice, ast.Slice):
        return tuple(value)[_slice(node.slice, scope)]
    index = _value(node.slice, scope)
    if isinstance(index, bool) or not isinstance(index, int):
        raise WrongType(f"`{_text(node)}` takes a whole number", offset=node.col_offset)
    if not -len(value) <= index < len(value):
        raise IndexOutOfRange(
            f"`{_text(node)}` takes element {index} of a list of {len(value)}",
            offset=node.col_offset,
            help=f"the elements are counted from 0 to {len(value) - 1}" if value else None,
        )
    return value[index]


def _slice(node: ast.Slice, scope: Scope) -> slice:
    parts = (node.lower, node.upper, node.step)
    found = [None if part is None else _value(part, scope) for part in parts]
    if any(part is not None and not isinstance(part, int) for part in found) or found[2] == 0:
        text = "a slice takes whole numbers, and a step other than 0"
        raise WrongType(text, offset=node.lower.col_offset if node.lower else None)
    return slice(*found)


def _call(node: ast.Call, scope: Scope) -> Any:
    assert isinstance(node.func, ast.Name)
    arguments = [_value(argument, scope) for argument in node.args]
    items = [item for value in arguments for item in (value if _listed(value) else [value])]
    if any(isinstance(item, Polynomial) for item in items) and node.func.id != "len":
        raise SymbolicValue(
            f"`{_text(node)}` cannot be computed where a size is a symbol", offset=node.col_offset
        )
    if any(isinstance(item, str) for item in items):
        raise WrongType(f"`{_text(node)}` computes with a text", offset=node.col_offset)
    _check_lists(node, node.func.id, arguments)
    return FUNCTIONS[node.func.id](*arguments)


def _check_lists(node: ast.Call, name: str, arguments: list[Any]) -> None:
    of_one = len(arguments) == 1 and not _listed(arguments[0])
    if of_one and name in ("sum", "len", "min", "max"):
        raise WrongType(
            f"`{_text(node)}` takes a list, not {described(arguments[0])}", offset=node.col_offset
        )
    if len(arguments) == 1 and not arguments[0] and name in ("min", "max"):
        raise WrongType(f"`{_text(node)}` takes a list that is not empty", offset=node.col_offset)
    if not arguments:
        raise WrongType(f"`{_text(node)}` lacks its arguments", offset=node.col_offset)


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

_EVALUATE: Mapping[type[ast.expr], Callable[[Any, Scope], Any]] = {
    ast.Constant: _constant,
    ast.Name: _name,
    ast.Attribute: _attribute,
    ast.BinOp: _binary,
    ast.UnaryOp: _unary,
    ast.BoolOp: _bool,
    ast.Compare: _compare,
    ast.IfExp: _conditional,
    ast.Subscript: _subscript,
    ast.Call: _call,
}
