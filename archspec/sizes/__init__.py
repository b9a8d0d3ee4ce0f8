"""Exact sizes of tensors, and what holds of them for every value of their symbols.

Here is what a shape rule needs; `conditions` (what a network asks of its symbols) is apart.
"""

from archspec.sizes.comparing import Condition, Truth, at_least, decided, divisible, equal
from archspec.sizes.polynomial import (
    Atom,
    Floor,
    Monomial,
    Polynomial,
    Size,
    Symbol,
    divided,
    evaluated,
    substitute,
    symbol,
    symbols_of,
)

__all__ = [
    "Atom",
    "Condition",
    "Floor",
    "Monomial",
    "Polynomial",
    "Size",
    "Symbol",
    "Truth",
    "at_least",
    "decided",
    "divided",
    "divisible",
    "equal",
    "evaluated",
    "substitute",
    "symbol",
    "symbols_of",
]
