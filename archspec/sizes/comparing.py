"""What holds of sizes for every value of their symbols, and the condition where it is not all.

An answer is exact for sizes of one symbol, up to a largest period. With several symbols it is
true or false where bounds and common divisors prove it, else a condition.
"""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from itertools import product
from math import gcd, inf
from typing import NamedTuple

from archspec.sizes.polynomial import (
    Atom,
    Monomial,
    Polynomial,
    Size,
    Symbol,
    evaluated,
    substitute,
    symbols_of,
)
from archspec.sizes.residues import LARGEST_PERIOD, Undecided, lowest, period, verdict

# Bounds of sizes of several symbols, each of which is at least 1.

_UNKNOWN = -inf


def least(size: Size) -> float:
    """Bound a size from below; of one symbol it is the least value, up to a largest period.

    >>> from archspec.sizes import symbol
    >>> least(symbol("N") * (3 * symbol("H") - 2 * (symbol("H") // 2)))
    3
    """
    return size if isinstance(size, int) else _least(size)


@lru_cache(maxsize=4096)
def _least(size: Polynomial) -> float:
    names = size.symbols
    if _grows(size):
        return evaluated(size, dict.fromkeys(names, 1))
    if len(names) == 1:
        return _lowest(size)
    parts = list(_independent(size))
    if len(parts) > 1:
        return sum(map(least, parts))
    return max(_least_by_factors(size, name) for name in names)


def _lowest(size: Polynomial) -> float:
    try:
        return lowest(size)
    except Undecided:
        return _UNKNOWN


def _grows(size: Polynomial) -> bool:
    """Say whether a size plainly never falls when a symbol grows."""
    positive = all(factor > 0 for monomial, factor in size.terms.items() if monomial)
    return positive and all(_grows_from_zero(atom) for atom in _atoms(size))


def _grows_from_zero(atom: Atom) -> bool:
    if isinstance(atom, Symbol):
        return True
    ones = dict.fromkeys(atom.numerator.symbols, 1)
    return _grows(atom.numerator) and evaluated(atom.numerator, ones) >= 0


def _atoms(size: Polynomial) -> Iterator[Atom]:
    return (atom for monomial in size.terms for atom, _ in monomial)


def _independent(size: Polynomial) -> Iterator[Size]:
    """Split a sum into parts that have no symbol in common."""
    parts: list[tuple[frozenset[str], Size]] = []
    for monomial, factor in size.terms.items():
        names, part = _names(monomial), Polynomial.of({monomial: factor})
        for other in [other for other in parts if other[0] & names]:
            parts.remove(other)
            names, part = names | other[0], part + other[1]
        parts.append((names, part))
    return (part for _, part in parts)


def _names(monomial: Monomial) -> frozenset[str]:
    return Polynomial({monomial: 1}).symbols


def _least_by_factors(size: Polynomial, name: str) -> float:
    """Bound a sum of products: each a size of the named symbol alone, times all else in it."""
    total: float = 0
    for rest, factor in _by_rest(size, name).items():
        low, times = least(factor), _least_product(rest)
        if times < 0 or (rest and low < 0):
            return _UNKNOWN
        total += low * times
    return total


def _by_rest(size: Polynomial, name: str) -> Mapping[Monomial, Size]:
    factors: dict[Monomial, Size] = {}
    for monomial, factor in size.terms.items():
        own = tuple(item for item in monomial if _names((item,)) == {name})
        rest = tuple(item for item in monomial if item not in own)
        factors[rest] = factors.get(rest, 0) + Polynomial.of({own: factor})
    return factors


def _least_product(monomial: Monomial) -> float:
    """Bound a product from below where no factor can be negative."""
    bound: float = 1
    for atom, power in monomial:
        low = 1 if isinstance(atom, Symbol) else least(atom.numerator) // atom.divisor
        if low < 0:
            return _UNKNOWN
        bound *= low**power
    return bound


def without_common_symbols(size: Polynomial) -> Size:
    """Divide by the symbols that are in each term; as they are positive, no sign changes.

    >>> from archspec.sizes import symbol
    >>> print(without_common_symbols(symbol("N") * symbol("H") - 3 * symbol("N")))
    H - 3
    """
    first, *others = [dict(monomial) for monomial in size.terms]
    common: dict[Atom, int] = {
        atom: min([power, *(other.get(atom, 0) for other in others)])
        for atom, power in first.items()
        if isinstance(atom, Symbol)
    }
    if not any(common.values()):
        return size
    return Polynomial.of(
        {_lowered(monomial, common): factor for monomial, factor in size.terms.items()}
    )


def _lowered(monomial: Monomial, powers: Mapping[Atom, int]) -> Monomial:
    left = ((atom, power - powers.get(atom, 0)) for atom, power in monomial)
    return tuple((atom, power) for atom, power in left if power)


class Condition(NamedTuple):
    """What cannot be decided for every size: `left == right`, `left >= right`, `left % right == 0`.

    >>> from archspec.sizes import symbol
    >>> print(equal(2 * (symbol("H") // 2), symbol("H")))
    2*floor(H / 2) == H
    """

    left: Size
    relation: str
    right: Size

    def __str__(self) -> str:
        if self.relation != "%":
            return f"{self.left} {self.relation} {self.right}"
        left = self.left if isinstance(self.left, int) else self.left.grouped()
        return f"{left} % {self.right} == 0"

    @property
    def symbols(self) -> frozenset[str]:
        """The names of the symbols on both sides."""
        return symbols_of(self.left) | symbols_of(self.right)

    @property
    def difference(self) -> Size:
        """What must be 0, or where the relation is `>=` at least 0."""
        if self.relation != "%":
            return self.left - self.right
        assert isinstance(self.right, int)
        return self.left % self.right

    def holds(self, values: Mapping[str, int]) -> bool:
        """Say whether it holds where the symbols have these values.

        >>> from archspec.sizes import symbol
        >>> divisible(symbol("H"), 2).holds({"H": 6})
        True
        """
        try:
            left, right = evaluated(self.left, values), evaluated(self.right, values)
        except KeyError:
            missing = sorted(self.symbols - values.keys())
            raise KeyError(f"{self} needs values for {missing}") from None
        if self.relation == "%":
            return left % right == 0
        return left == right if self.relation == "==" else left >= right


Truth = bool | Condition


def equal(a: Size, b: Size) -> Truth:
    """Say whether two sizes are equal for all sizes, for none, or on which condition.

    >>> from archspec.sizes import symbol
    >>> equal(symbol("N") + 1, symbol("N") + 2)
    False
    """
    if a == b:
        return True
    difference = a - b
    if isinstance(difference, int):
        return False
    truth = _is_zero(difference)
    if truth is not None:
        return truth
    return Condition(b, "==", a) if isinstance(a, int) else Condition(a, "==", b)


def at_least(a: Size, b: Size) -> Truth:
    """Say whether `a >= b` for all sizes, for none, or on which condition.

    >>> from archspec.sizes import symbol
    >>> at_least(symbol("N"), 1)
    True
    >>> print(at_least(symbol("H") - 3, 0))
    H >= 3
    """
    if isinstance(a, int) and isinstance(b, int):
        return a >= b
    difference = a - b
    if isinstance(difference, int):
        return difference >= 0
    truth = _is_at_least_zero(difference)
    return _split(difference) if truth is None else truth


def divisible(a: Size, modulus: int) -> Truth:
    """Say whether `modulus` divides `a` for all sizes, for none, or on which condition.

    >>> from archspec.sizes import symbol
    >>> divisible(symbol("H") * (symbol("H") + 1), 2)
    True
    """
    rest = a % modulus
    if isinstance(rest, int):
        return rest == 0
    truth = _is_multiple(rest)
    return Condition(a, "%", modulus) if truth is None else truth


def decided(condition: Condition, values: Mapping[str, Size]) -> Truth:
    """Decide a condition where some of its symbols have become other sizes.

    >>> from archspec.sizes import symbol
    >>> decided(divisible(symbol("H"), 2), {"H": 4 * symbol("K")})
    True
    """
    left, right = substitute(condition.left, values), substitute(condition.right, values)
    if condition.relation == "%":
        assert isinstance(right, int)
        return divisible(left, right)
    return equal(left, right) if condition.relation == "==" else at_least(left, right)


@lru_cache(maxsize=4096)
def _is_zero(difference: Polynomial) -> bool | None:
    """Say whether it is 0 for all values (true), for none (false), or for some as far as known."""
    size = without_common_symbols(difference)
    if isinstance(size, int):
        return size == 0
    factors = (factor for monomial, factor in size.terms.items() if monomial)
    if size.terms.get((), 0) % gcd(*factors):
        return False
    try:
        return verdict(size, "==") if len(size.symbols) == 1 else _bounded_zero(size)
    except Undecided:
        return None


def _bounded_zero(size: Polynomial) -> bool | None:
    low, high = least(size), -least(-size)
    if low > 0 or high < 0:
        return False
    return True if low == high == 0 else None


@lru_cache(maxsize=4096)
def _is_at_least_zero(difference: Polynomial) -> bool | None:
    size = without_common_symbols(difference)
    if isinstance(size, int):
        return size >= 0
    low = least(size)
    if low >= 0:
        return True
    return False if least(-size) > 0 else None


@lru_cache(maxsize=1024)
def _is_multiple(rest: Polynomial) -> bool | None:
    """Decide `rest == 0` where it is a remainder, which the residues of the symbols decide."""
    names, step = sorted(rest.symbols), period(rest)
    if step ** len(names) > LARGEST_PERIOD:
        return _is_zero(rest)
    points = product(range(1, step + 1), repeat=len(names))
    zeros = {evaluated(rest, dict(zip(names, point, strict=True))) == 0 for point in points}
    return None if len(zeros) == 2 else zeros.pop()


def _split(difference: Polynomial) -> Condition:
    """Write `difference >= 0` without minus signs."""
    size = without_common_symbols(difference)
    assert isinstance(size, Polynomial)
    positive = {monomial: max(factor, 0) for monomial, factor in size.terms.items()}
    left = Polynomial.of(positive)
    return Condition(left, ">=", left - size)
