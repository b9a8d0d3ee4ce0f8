"""Exact sizes of tensors: integers, and polynomials over symbols such as `N` and floors of them.

>>> height = symbol("H")
>>> for _ in range(5):
...     height = (height + 1) // 2
>>> print(height)
floor((H + 31) / 32)
"""

from collections.abc import Iterable, Mapping
from functools import cached_property, lru_cache
from math import gcd, prod
from typing import NamedTuple, Union

Size = Union[int, "Polynomial"]
Monomial = tuple[tuple["Atom", int], ...]


class Symbol(NamedTuple):
    """A size that is not known, at least 1."""

    name: str

    def __str__(self) -> str:
        return self.name


class Floor(NamedTuple):
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

    @staticmethod
    def of(terms: Mapping[Monomial, int]) -> Size:
        """Make a size of terms of which any may be 0."""
        return _simplified(terms)

    def __eq__(self, other: object) -> bool:
        return self is other or (isinstance(other, Polynomial) and self._key == other._key)

    def __hash__(self) -> int:
        return self._hash

    @cached_property
    def _hash(self) -> int:
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


def evaluated(size: Size, values: Mapping[str, int]) -> int:
    """Compute a size where all its symbols have values; fast, and a `KeyError` where one has none.

    >>> evaluated(symbol("H") // 2, {"H": 7})
    3
    """
    if isinstance(size, int):
        return size
    total = 0
    for monomial, product in size.terms.items():
        for atom, power in monomial:
            product *= _evaluated_atom(atom, values) ** power
        total += product
    return total


def _evaluated_atom(atom: Atom, values: Mapping[str, int]) -> int:
    if isinstance(atom, Symbol):
        return values[atom.name]
    return evaluated(atom.numerator, values) // atom.divisor


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


def divided(a: Size, b: Size) -> Size | None:
    """Give the size `q` with `q * b == a` for all values, or `None` where no polynomial is one.

    >>> print(divided(6 * symbol("N"), 3))
    2*N
    >>> batch, tokens = symbol("N"), symbol("T")
    >>> divided(768 * batch * tokens, 12 * batch * tokens)
    64
    >>> divided(batch, tokens)
    """
    if isinstance(b, int):
        return _divided_by_number(a, b)
    if isinstance(a, int):
        return None if a else 0
    return _divided(a, b)


def _divided_by_number(a: Size, b: int) -> Size | None:
    if b == 0:
        return None
    if isinstance(a, int):
        return None if a % b else a // b
    if any(factor % b for factor in a.terms.values()):
        return None
    return Polynomial({monomial: factor // b for monomial, factor in a.terms.items()})


def _divided(a: Polynomial, b: Polynomial) -> Size | None:
    """Divide as by hand: the leading term of what is left by that of the divisor, and again."""
    quotient: Size = 0
    rest: Size = a
    leading, divisor = _leading(b)
    while rest:
        monomial, factor = _leading(rest)
        powers = _quotient(monomial, leading)
        if powers is None or factor % divisor:
            return None
        step = Polynomial.of({powers: factor // divisor})
        quotient, rest = quotient + step, rest - step * b
    return quotient


def _leading(size: Size) -> tuple[Monomial, int]:
    """Find the term that is first in an order that products keep: by powers, atom for atom."""
    terms = _terms(size)
    atoms = sorted({atom for monomial in terms for atom, _ in monomial}, key=str)

    def powers(monomial: Monomial) -> list[int]:
        exponents = dict(monomial)
        return [exponents.get(atom, 0) for atom in atoms]

    leading = max(terms, key=powers)
    return leading, terms[leading]


def _quotient(a: Monomial, b: Monomial) -> Monomial | None:
    powers = dict(a)
    for atom, power in b:
        powers[atom] = powers.get(atom, 0) - power
    if any(power < 0 for power in powers.values()):
        return None
    return tuple((atom, power) for atom, power in powers.items() if power)


def per_sample(size: Size, batch: str) -> Size:
    """Give what a count over the whole batch is for one sample.

    >>> per_sample(12 * symbol("N"), "N")
    12
    """
    if isinstance(size, int):
        return size
    if size.terms.keys() == symbol(batch).terms.keys():
        return next(iter(size.terms.values()))
    return size.substitute({batch: 1})
