"""Evaluate an expression in a scope of names; nothing but arithmetic happens here."""

import ast
import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from archspec.diagnostics import (
    DivisionByZero,
    IndexOutOfRange,
    Problem,
    RankMismatch,
    Remedy,
    UnknownName,
    Word,
    WrongType,
    close_names,
    did_you_mean,
)
from archspec.expressions.operators import (
    NUMBERS,
    SYMBOLIC,
    called,
    compared,
    computed,
    definite,
    text_of,
    too_large,
)
from archspec.expressions.parse import CONSTANTS, Expression
from archspec.sizes import Tensor


class Hidden(NamedTuple):
    """What a name is that an expression does not see, and how it may be passed."""

    note: str
    help: str


def _nothing(name: str, is_value: bool) -> Hidden | None:
    """Know of no other names."""
    return None


@dataclass(frozen=True, slots=True)
class Scope:
    """What an expression sees: values by name, and the tensors whose sizes it may ask for.

    The two are apart: a layer may have the name of a parameter. `hidden` tells, for messages, what
    a name is further out, where it asks for a number or for sizes of a value.
    """

    values: Mapping[str, object] = field(default_factory=dict)
    tensors: Mapping[str, object] = field(default_factory=dict)
    hidden: Callable[[str, bool], Hidden | None] = field(default=_nothing, compare=False)

    def extended(self, values: Mapping[str, object]) -> "Scope":
        """Give a scope in which these values are nearer."""
        return Scope({**self.values, **values}, self.tensors, self.hidden)


class Poisoned(Exception):
    """A value that an expression needs failed elsewhere, where it is reported."""


class _Poison:
    """Stands in a scope for a value that failed."""


POISON = _Poison()


LARGEST = 2**63 - 1

_MOST_LISTED = 8
_SMALL = 2**31
_VALUES = (*SYMBOLIC, str, list, tuple)


def evaluate(expression: Expression, scope: Scope) -> Any:
    """Evaluate; a float that is whole comes out as an integer, a slice as a tuple.

    >>> from archspec.expressions import parse
    >>> scope = Scope({"width": 64, "depths": [3, 4]})
    >>> evaluate(parse("0.5 * width if width > 8 else depths[0]"), scope)
    32
    """
    value = scope.values.get(expression.text)  # most expressions are one name of a small number
    if type(value) is int and -_SMALL < value < _SMALL:
        return value
    try:
        return _whole(_value(expression.tree, scope))
    except Poisoned:
        _check_names(expression.tree, scope)
        raise


def _check_names(tree: ast.expr, scope: Scope) -> None:
    """Refuse a name that is unknown beside one of which only the value is."""
    functions = {id(node.func) for node in ast.walk(tree) if isinstance(node, ast.Call)}
    names = {*scope.values, *scope.tensors, *CONSTANTS}
    for node in ast.walk(tree):
        if isinstance(node, ast.Name) and node.id not in names and id(node) not in functions:
            raise _unknown(node, scope)


def _whole(value: Any) -> Any:
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _value(node: ast.expr, scope: Scope) -> Any:
    try:
        value = _EVALUATE[type(node)](node, scope)
    except (Poisoned, Problem):
        raise
    except ZeroDivisionError:
        raise DivisionByZero(f"`{text_of(node)}` divides by zero", offset=node.col_offset) from None
    except OverflowError:
        too_large(node)
    except (TypeError, ValueError):
        raise WrongType(f"`{text_of(node)}` cannot be computed", offset=node.col_offset) from None
    if isinstance(value, NUMBERS) and abs(value) > LARGEST and not _is_infinity(value, scope):
        too_large(node)
    if isinstance(value, complex):
        raise WrongType(f"`{text_of(node)}` is no real number", offset=node.col_offset)
    return value


def _is_infinity(value: float, scope: Scope) -> bool:
    """Say whether it is infinity where that has a name: elsewhere it was a number too large."""
    return abs(value) == math.inf and math.inf in scope.values.values()


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
            help=_sizes(node.id, value),
        )
    raise _unknown(node, scope)


def _sizes(name: str, value: object) -> str | None:
    """Say how sizes of a tensor are written, as far as it has them."""
    rank = value.rank if isinstance(value, Tensor) else 0
    own = [f"{name}.channels"] if rank > 1 else []
    own += [f"{name}.shape[2]"] if rank > 2 else [f"{name}.features"] if rank == 2 else []
    listed = ", ".join(f"`{text}`" for text in own)
    if not own:
        return None
    return Remedy(f"say which size of it: {listed}", *(Word(name, text) for text in own))


def _clean(value: object) -> Any:
    if value is POISON:
        raise Poisoned
    return value


def _usable(node: ast.Name, value: object) -> object:
    if isinstance(value, _VALUES):
        return value
    raise WrongType(f"`{node.id}` is a layer here, not a number", offset=node.col_offset)


def _unknown(node: ast.Name, scope: Scope, is_value: bool = False) -> UnknownName:
    candidates = scope.tensors if is_value else scope.values
    hidden = scope.hidden(node.id, is_value)
    alike = [name for name in candidates if name.lower() == node.id.lower()]
    similar = alike or close_names(node.id, candidates)
    names = ", ".join(f"`{name}`" for name in candidates)
    help = f"known here are {names}" if 0 < len(candidates) <= _MOST_LISTED else None
    help = did_you_mean(node.id, similar[0]) if similar else help
    if node.id == "index":
        help = "`index` counts repetitions, in all keys of a layer but `repeat` and `when`"
    if node.id[0].isupper() and not alike:
        help = _symbol(node.id, scope.tensors)
    text, notes = f"nothing here is called `{node.id}`", () if hidden is None else (hidden.note,)
    help = help if hidden is None else hidden.help
    return UnknownName(text, offset=node.col_offset, notes=notes, help=help)


def _symbol(name: str, tensors: Mapping[str, object]) -> str:
    """Say where a symbol may stand, and how the size that it stands for is read."""
    for tensor, value in tensors.items():
        shape = value.shape if isinstance(value, Tensor) else ()
        for index, size in enumerate(shape):
            if index > 0 and str(size) == name:  # the batch is no number
                written = f"{tensor}.shape[{index}]"
                text = f"symbols stand in `input` and `expect`: here write `{written}`"
                return Remedy(text, Word(name, written))
    return "symbols stand in `input` and `expect`: elsewhere write `x.shape[i]`"


def _attribute(node: ast.Attribute, scope: Scope) -> Any:
    assert isinstance(node.value, ast.Name)
    if node.value.id not in scope.tensors:
        raise _unknown(node.value, scope, is_value=True)
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
    if node.attr in ("batch", "features") and not value.rank:
        raise RankMismatch(
            f"`{node.value.id}` has no dimensions, and so no {node.attr}", offset=node.col_offset
        )
    return getattr(value, node.attr)


def _binary(node: ast.BinOp, scope: Scope) -> Any:
    return computed(node, _value(node.left, scope), _value(node.right, scope))


def _unary(node: ast.UnaryOp, scope: Scope) -> Any:
    value = _value(node.operand, scope)
    if isinstance(node.op, ast.Not):
        return not definite(node, value)
    if not isinstance(value, SYMBOLIC):
        raise WrongType(f"`{text_of(node)}` is no number", offset=node.col_offset)
    return -value if isinstance(node.op, ast.USub) else value


def _bool(node: ast.BoolOp, scope: Scope) -> Any:
    decides = isinstance(node.op, ast.Or)
    value: Any = None
    for operand in node.values:
        value = definite(operand, _value(operand, scope))
        if bool(value) is decides:
            return value
    return value


def _compare(node: ast.Compare, scope: Scope) -> bool:
    left = _value(node.left, scope)
    for op, comparator in zip(node.ops, node.comparators, strict=True):
        right = _value(comparator, scope)
        if not compared(node, op, left, right):
            return False
        left = right
    return True


def _conditional(node: ast.IfExp, scope: Scope) -> Any:
    chosen = node.body if definite(node.test, _value(node.test, scope)) else node.orelse
    return _value(chosen, scope)


def _subscript(node: ast.Subscript, scope: Scope) -> Any:
    value = _value(node.value, scope)
    if not isinstance(value, list | tuple):
        raise WrongType(f"`{text_of(node.value)}` is no list", offset=node.col_offset)
    if isinstance(node.slice, ast.Slice):
        return tuple(value)[_slice(node.slice, scope)]
    index = _value(node.slice, scope)
    if isinstance(index, bool) or not isinstance(index, int):
        raise WrongType(f"`{text_of(node)}` takes a whole number", offset=node.col_offset)
    if not -len(value) <= index < len(value):
        raise IndexOutOfRange(
            f"`{text_of(node)}` takes element {index} of a list of {len(value)}",
            offset=node.col_offset,
            help=_elements(node, index, len(value)) if value else None,
        )
    return value[index]


def _elements(node: ast.Subscript, index: int, count: int) -> Remedy:
    """Say which elements there are, each of which may be taken instead."""
    owner = text_of(node.value)
    ways = (Word(f"{owner}[{index}]", f"{owner}[{each}]") for each in range(min(count, 8)))
    return Remedy(f"the elements are counted from 0 to {count - 1}", *ways)


def _slice(node: ast.Slice, scope: Scope) -> slice:
    parts = (node.lower, node.upper, node.step)
    bounds = [None if part is None else _value(part, scope) for part in parts]
    if any(part is not None and not isinstance(part, int) for part in bounds) or bounds[2] == 0:
        text = "a slice takes whole numbers, and a step other than 0"
        raise WrongType(text, offset=node.lower.col_offset if node.lower else None)
    return slice(*bounds)


def _call(node: ast.Call, scope: Scope) -> Any:
    return called(node, [_value(argument, scope) for argument in node.args])


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
