"""Bounds of sizes of several symbols, each of which is at least 1."""

from collections.abc import Iterator, Mapping
from functools import lru_cache
from math import inf

from archspec.dimensions.polynomial import Atom, Monomial, Polynomial, Size, Symbol, evaluated
from archspec.dimensions.residues import Undecided, lowest

_UNKNOWN = -inf


def least(size: Size) -> float:
    """Bound a size from below; of one symbol it is the least value, up to a largest period.

    >>> from archspec.dimensions import symbol
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
        for known in [known for known in parts if known[0] & names]:
            parts.remove(known)
            names, part = names | known[0], part + known[1]
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
    found: dict[Monomial, Size] = {}
    for monomial, factor in size.terms.items():
        own = tuple(item for item in monomial if _names((item,)) == {name})
        rest = tuple(item for item in monomial if item not in own)
        found[rest] = found.get(rest, 0) + Polynomial.of({own: factor})
    return found


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

    >>> from archspec.dimensions import symbol
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
