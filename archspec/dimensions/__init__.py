"""Exact sizes of tensors, and what holds of them for every value of their symbols.

Here is what a shape rule needs; `conditions` (what a network asks of its symbols) is apart.
"""

from archspec.dimensions.comparing import Condition, Truth, at_least, decided, divisible, equal
from archspec.dimensions.polynomial import (
    Atom,
    Floor,
    Monomial,
    Polynomial,
    Size,
    Symbol,
    evaluated,
    substitute,
    symbol,
    symbols_of,
)
from archspec.dimensions.quotient import divided

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
