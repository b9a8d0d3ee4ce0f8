"""Exact sizes of tensors: integers, and polynomials over symbols such as `N` and floors of them.

>>> height = symbol("H")
>>> for _ in range(5):
...     height = (height + 1) // 2
>>> print(height)
floor((H + 31) / 32)
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from math import gcd, prod
from typing import Union

Size = Union[int, "Polynomial"]
Monomial = tuple[tuple["Atom", int], ...]


@dataclass(frozen=True, slots=True)
class Symbol:
    """A size that is not known, at least 1."""

    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Floor:
    """`floor(numerator / divisor)`, in lowest terms."""

    numerator: "Polynomial"
    divisor: int

    def __str__(self) -> str:
        return f"floor({self.numerator.grouped()} / {self.divisor})"


Atom = Symbol | Floor


class Polynomial:
    """A sum of integer multiples of products of symbols and floors, in canonical form.

    Arithmetic with integers and other polynomials gives an `int` where no symbol is left.

    >>> batch = symbol("N")
    >>> print(3 * batch + 2 * batch)
    5*N
    >>> batch - batch
    0
    """

    def __init__(self, terms: Mapping[Monomial, int]) -> None:
        ordered: Iterable[tuple[Monomial, int]] = terms.items()
        if len(terms) > 1:
            ordered = sorted(ordered, key=lambda term: _order(term[0]))
        self.terms = dict(ordered)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Polynomial) and self._key == other._key)

    def __hash__(self) -> int:
        return hash(self._key)

    @cached_property
    def _key(self) -> tuple[tuple[Monomial, int], ...]:
        return tuple(self.terms.items())

    def __repr__(self) -> str:
        return f"<{self}>"

    def __str__(self) -> str:
        parts = [_term_text(monomial, factor) for monomial, factor in self.terms.items()]
        return " + ".join(parts).replace("+ -", "- ")

    def grouped(self) -> str:
        """Give the text, in parentheses where it is a sum."""
        return f"({self})" if len(self.terms) > 1 else str(self)

    def __add__(self, other: Size) -> Size:
        terms = dict(self.terms)
        for monomial, factor in _terms(other).items():
            terms[monomial] = terms.get(monomial, 0) + factor
        return _simplified(terms)

    def __mul__(self, other: Size) -> Size:
        if isinstance(other, int):
            return self._scaled(other) if other else 0
        terms: dict[Monomial, int] = {}
        for left, a in self.terms.items():
            for right, b in _terms(other).items():
                monomial = _multiplied(left, right)
                terms[monomial] = terms.get(monomial, 0) + a * b
        return _simplified(terms)

    def _scaled(self, factor: int) -> "Polynomial":
        """Multiply by a number that is not 0: the terms and their order stay."""
        scaled = Polynomial.__new__(Polynomial)
        scaled.terms = {monomial: factor * own for monomial, own in self.terms.items()}
        return scaled

    __radd__ = __add__
    __rmul__ = __mul__

    def __neg__(self) -> Size:
        return self * -1

    def __sub__(self, other: Size) -> Size:
        return self + -other

    def __rsub__(self, other: int) -> Size:
        return -self + other

    def __floordiv__(self, divisor: int) -> Size:
        return _floor(self, divisor)

    def __mod__(self, divisor: int) -> Size:
        return self - divisor * _floor(self, divisor)

    @property
    def symbols(self) -> frozenset[str]:
        """The names of the symbols in it, also inside floors."""
        return frozenset().union(
            *(_atom_symbols(atom) for monomial in self.terms for atom, _ in monomial)
        )

    def substitute(self, values: Mapping[str, Size]) -> Size:
        """Put sizes in the place of symbols; those not named stay.

        >>> (symbol("H") // 2).substitute({"H": 7})
        3
        """
        total: Size = 0
        for monomial, factor in self.terms.items():
            if len(monomial) == 1 and monomial[0][1] == 1:
                total = total + _atom_value(monomial[0][0], values) * factor
                continue
            product: Size = factor
            for atom, power in monomial:
                product = product * prod([_atom_value(atom, values)] * power, start=1)
            total = total + product
        return total


@lru_cache(maxsize=1024)
def symbol(name: str) -> Polynomial:
    """Make the size that is called `name`."""
    return Polynomial({((Symbol(name), 1),): 1})


def symbols_of(size: Size) -> frozenset[str]:
    """Name the symbols in a size; an integer has none."""
    return frozenset() if isinstance(size, int) else size.symbols


def substitute(size: Size, values: Mapping[str, Size]) -> Size:
    """Put sizes in the place of symbols in any size.

    >>> substitute(symbol("N") * 3, {"N": 2})
    6
    """
    return size if isinstance(size, int) else size.substitute(values)


# --- comparing ------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Condition:
    """What cannot be decided for every size: `size % modulus == 0`, `size == 0` or `size >= 0`."""

    size: Polynomial
    relation: str
    modulus: int = 0

    def __str__(self) -> str:
        if self.modulus:
            return f"{self.size.grouped()} % {self.modulus} == 0"
        return f"{self.size} {self.relation} 0"

    def holds(self, values: Mapping[str, int]) -> bool:
        """Say whether it holds where the symbols have these values.

        >>> divisible(symbol("H"), 2).holds({"H": 6})
        True
        """
        value = self.size.substitute(values)
        if not isinstance(value, int):
            raise KeyError(f"{self} needs values for {sorted(value.symbols)}")
        if self.modulus:
            return value % self.modulus == 0
        return value == 0 if self.relation == "==" else value >= 0


Truth = bool | Condition


def equal(a: Size, b: Size) -> Truth:
    """Say whether two sizes are equal for all sizes, for none, or on which condition.

    >>> equal(symbol("N") + 1, symbol("N") + 2)
    False
    """
    if a == b:
        return True
    difference = a - b
    if isinstance(difference, int):
        return False
    if _least(difference) > 0 or _least(-difference) > 0:
        return False
    return Condition(difference, "==")


def at_least(a: Size, b: Size) -> Truth:
    """Say whether `a >= b` for all sizes, for none, or on which condition.

    >>> at_least(symbol("N"), 1)
    True
    """
    if isinstance(a, int) and isinstance(b, int):
        return a >= b
    difference = a - b
    if isinstance(difference, int):
        return difference >= 0
    if _least(difference) >= 0:
        return True
    if _least(-difference) > 0:
        return False
    return Condition(difference, ">=")


def divisible(a: Size, modulus: int) -> Truth:
    """Say whether `modulus` divides `a` for all sizes, for none, or on which condition.

    >>> divisible(6 * symbol("N"), 3)
    True
    """
    rest = a % modulus
    if isinstance(rest, int):
        return rest == 0
    assert isinstance(a, Polynomial)
    return Condition(a, "%", modulus)


_UNKNOWN = float("-inf")


def _least(size: Size) -> float:
    """Bound a size from below, given that every symbol is at least 1."""
    if isinstance(size, int):
        return size
    if any(factor < 0 for monomial, factor in size.terms.items() if monomial):
        return _UNKNOWN
    ones = dict.fromkeys(size.symbols, 1)
    value = size.substitute(ones)
    assert isinstance(value, int)
    monotone = all(_monotone(atom) for monomial in size.terms for atom, _ in monomial)
    return value if monotone else _UNKNOWN


def _monotone(atom: Atom) -> bool:
    """Say whether an atom grows with its symbols and is never negative."""
    return isinstance(atom, Symbol) or _least(atom.numerator) >= 0


# --- canonical form -------------------------------------------------------------------------


def _terms(size: Size) -> Mapping[Monomial, int]:
    return {(): size} if isinstance(size, int) else size.terms


def _simplified(terms: Mapping[Monomial, int]) -> Size:
    kept = {monomial: factor for monomial, factor in terms.items() if factor}
    if not kept:
        return 0
    if len(kept) == 1 and () in kept:
        return kept[()]
    return Polynomial(kept)


def _multiplied(left: Monomial, right: Monomial) -> Monomial:
    powers = dict(left)
    for atom, power in right:
        powers[atom] = powers.get(atom, 0) + power
    return tuple(sorted(powers.items(), key=lambda item: str(item[0])))


def _floor(size: Size, divisor: int) -> Size:
    """Divide and round down; whole multiples come out, common divisors cancel, floors merge."""
    if divisor < 0:
        return _floor(-size, -divisor)
    if isinstance(size, int):
        return size // divisor
    whole = _simplified({monomial: factor // divisor for monomial, factor in size.terms.items()})
    rest = {monomial: factor % divisor for monomial, factor in size.terms.items()}
    constant = rest.pop((), 0)
    rest = {monomial: factor for monomial, factor in rest.items() if factor}
    if not rest:
        return whole
    common = gcd(divisor, *rest.values())
    numerator = _simplified({m: f // common for m, f in rest.items()}) + constant // common
    assert isinstance(numerator, Polynomial)
    return whole + _floor_atom(numerator, divisor // common)


def _floor_atom(numerator: Polynomial, divisor: int) -> Size:
    if divisor == 1:
        return numerator
    inner = _lone_floor(numerator)
    if inner is not None:
        shift = numerator.terms.get((), 0)
        return _floor(inner.numerator + shift * inner.divisor, inner.divisor * divisor)
    return Polynomial({((Floor(numerator, divisor), 1),): 1})


def _lone_floor(size: Polynomial) -> Floor | None:
    """Find `f` where the size is `f + constant` and `f` is a floor."""
    others = [(monomial, factor) for monomial, factor in size.terms.items() if monomial]
    if len(others) != 1 or others[0][1] != 1 or len(others[0][0]) != 1:
        return None
    atom, power = others[0][0][0]
    return atom if isinstance(atom, Floor) and power == 1 else None


def _atom_symbols(atom: Atom) -> frozenset[str]:
    return frozenset([atom.name]) if isinstance(atom, Symbol) else atom.numerator.symbols


def _atom_value(atom: Atom, values: Mapping[str, Size]) -> Size:
    if isinstance(atom, Floor):
        return atom.numerator.substitute(values) // atom.divisor
    return values[atom.name] if atom.name in values else Polynomial({((atom, 1),): 1})


def _order(monomial: Monomial) -> tuple[int, str]:
    return (-sum(power for _, power in monomial), "*".join(str(atom) for atom, _ in monomial))


def _term_text(monomial: Monomial, factor: int) -> str:
    if not monomial:
        return str(factor)
    sign = "-" if factor < 0 else ""
    parts = [str(abs(factor))] if abs(factor) != 1 else []
    parts += [str(atom) for atom, power in monomial for _ in range(power)]
    return sign + "*".join(parts)
