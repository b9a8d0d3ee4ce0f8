"""The exact quotient of two sizes."""

from collections.abc import Mapping

from archspec.dimensions.polynomial import Monomial, Polynomial, Size


def divided(a: Size, b: Size) -> Size | None:
    """Give the size `q` with `q * b == a` for all values, or `None` where no polynomial is one.

    >>> from archspec.dimensions import symbol
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
    terms: Mapping[Monomial, int] = {(): size} if isinstance(size, int) else size.terms
    atoms = sorted({atom for monomial in terms for atom, _ in monomial}, key=str)

    def powers(monomial: Monomial) -> list[int]:
        known = dict(monomial)
        return [known.get(atom, 0) for atom in atoms]

    leading = max(terms, key=powers)
    return leading, terms[leading]


def _quotient(a: Monomial, b: Monomial) -> Monomial | None:
    powers = dict(a)
    for atom, power in b:
        powers[atom] = powers.get(atom, 0) - power
    if any(power < 0 for power in powers.values()):
        return None
    return tuple((atom, power) for atom, power in powers.items() if power)
