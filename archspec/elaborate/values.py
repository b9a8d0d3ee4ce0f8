"""Read the values of arguments and parameters, in the scope where they stand."""

import re
from collections.abc import Callable
from functools import lru_cache

from archspec.diagnostics import Element, Remedy, SymbolicValue, WrongType
from archspec.document import quoted
from archspec.expressions import POISON, Expression, Poisoned, Scope, checked, evaluate, parse
from archspec.sizes import Polynomial, Size, symbol

_ELEMENT = Remedy("take one element of it, as `depths[0]` does", Element(0))
_SYMBOL = re.compile(r"[A-Z][A-Za-z0-9_]*")


def number(raw: object, scope: Scope) -> object:
    """Read a number, a truth value, or a list of them; a text is an expression.

    >>> number(["2 * width", 3], Scope({"width": 4}))
    [8, 3]
    """
    if isinstance(raw, list):
        return [number(item, scope) for item in raw]
    if not isinstance(raw, str):
        return raw
    return evaluate(expression(raw), scope)


@lru_cache(maxsize=4096)
def expression(raw: str) -> Expression:
    """Parse a text where a number or truth value is wanted.

    >>> expression("4 * planes").names
    frozenset({'planes'})
    """
    return parse(checked(raw))


def text(raw: object, scope: Scope) -> object:
    """Read a text: the text parameter of that name, else itself.

    >>> text("mode", Scope({"mode": "nearest"})), text("bilinear", Scope())
    ('nearest', 'bilinear')
    """
    value = scope.values.get(raw) if isinstance(raw, str) else None
    if value is POISON:
        raise Poisoned
    return value if isinstance(value, str) else raw


def size(raw: object, scope: Scope) -> Size:
    """Read a size of a shape: an integer, a symbol with a capital, or an expression of either."""
    if isinstance(raw, str) and _SYMBOL.fullmatch(raw):
        return symbol(raw)
    value = number(raw, with_symbols(raw, scope))
    if isinstance(value, bool) or not isinstance(value, int | Polynomial):
        raise WrongType(f"a size is an integer, not {quoted(value)}")
    return value


def with_symbols(raw: object, scope: Scope) -> Scope:
    """Add the symbols that an expression mentions, `H` in `H // 4`, to a scope."""
    if not isinstance(raw, str):
        return scope
    names = [name for name in expression(raw).names if _SYMBOL.fullmatch(name)]
    return scope.extended({name: symbol(name) for name in names})


def integer(what: str) -> Callable[[object], int]:
    """Make a check that a value is an integer, for a message about `what`."""

    def check(value: object) -> int:
        if isinstance(value, Polynomial):
            raise SymbolicValue(f"{what} must be a number, and depends on a symbol: {value}")
        if isinstance(value, bool) or not isinstance(value, int):
            help = _ELEMENT if _listed(value) else None
            raise WrongType(f"{what} must be an integer, not {quoted(value)}", help=help)
        return value

    return check


def truth(raw: str | bool, scope: Scope) -> bool:
    """Read a condition.

    >>> truth("stride != 1", Scope({"stride": 2}))
    True
    """
    value = number(raw, scope)
    if isinstance(value, bool):
        return value
    if isinstance(value, Polynomial):
        raise SymbolicValue(f"a condition must be true or false, and depends on a symbol: {value}")
    raise WrongType(f"a condition must be true or false, not {quoted(value)}")


def _listed(value: object) -> bool:
    return isinstance(value, list | tuple)
