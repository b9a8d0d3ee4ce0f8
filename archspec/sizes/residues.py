"""Sizes over one symbol, residue by residue: exact answers for every value of the symbol.

With `h = period * q + r` a size of `h` is, for each residue `r` in `1 … period`, a polynomial in
`q`: the period holds all divisors of its floors. A polynomial is known by its forward differences
at `q = 0`, which numbers alone give. Where they all have one sign, so has it from there on.
"""

from collections.abc import Iterator
from functools import lru_cache
from itertools import pairwise
from math import inf, lcm

from archspec.sizes.polynomial import Atom, Floor, Polynomial, Symbol, evaluated

LARGEST_PERIOD = 4096
LONGEST_WALK = 256

Stretch = tuple[int, float]
"""The first and last `q` of those that follow each other; the last may be infinite."""

Stretches = tuple[Stretch, ...]


class Undecided(Exception):
    """Trying every residue would take too long."""


def period(size: Polynomial) -> int:
    """Give a number by which the symbols grow until all floors have a whole step more.

    >>> from archspec.sizes import symbol
    >>> height = symbol("H")
    >>> period(height // 4 + height // 6)
    12
    """
    return lcm(*(_atom_period(atom) for monomial in size.terms for atom, _ in monomial))


def _atom_period(atom: Atom) -> int:
    return period(atom.numerator) * atom.divisor if isinstance(atom, Floor) else 1


def degree(size: Polynomial) -> int:
    """Give the highest power to which a size grows with its symbols."""
    return max(sum(_atom_degree(atom) * power for atom, power in term) for term in size.terms)


def _atom_degree(atom: Atom) -> int:
    return 1 if isinstance(atom, Symbol) else degree(atom.numerator)


def residues(size: Polynomial) -> Iterator[list[int]]:
    """Give the forward differences of each residue `1 … period`, for a size of one symbol."""
    (name,) = size.symbols
    step, order = period(size), degree(size)
    if step * (order + 1) > 2 * LARGEST_PERIOD:
        raise Undecided
    for residue in range(1, step + 1):
        points = range(residue, residue + (order + 1) * step, step)
        yield _differences([evaluated(size, {name: point}) for point in points])


def _differences(values: list[int]) -> list[int]:
    result = []
    while values:
        result.append(values[0])
        values = [after - before for before, after in pairwise(values)]
    return result


def _advanced(differences: list[int]) -> list[int]:
    return [a + b for a, b in pairwise([*differences, 0])]


NEVER: Stretches = ()
ALWAYS: Stretches = ((0, inf),)


@lru_cache(maxsize=4096)
def verdict(size: Polynomial, relation: str) -> bool | None:
    """Say whether `size == 0` or `size >= 0` for every value, for none, or (`None`) neither.

    >>> from archspec.sizes import symbol
    >>> verdict(2 * (symbol("H") // 2) - symbol("H") - 1, "==")
    False
    """
    common: Stretches | None = None
    for differences in residues(size):
        stretches = solved(differences, relation)
        if stretches not in (NEVER, ALWAYS) or common not in (None, stretches):
            return None
        common = stretches
    return common == ALWAYS


def solved(differences: list[int], relation: str) -> Stretches:
    """Give the `q` at which the polynomial with these differences is 0, or at least 0.

    >>> solved([-5, 2], ">="), solved([-6, 2], "==")
    (((3, inf),), ((3, 3),))
    """
    value, *growth = differences
    if not any(growth):
        return ALWAYS if _holds(value, relation) else NEVER
    if not any(growth[1:]):
        return _solved_line(value, growth[0], relation)
    return _walked(differences, relation)


def _holds(value: int, relation: str) -> bool:
    return value == 0 if relation == "==" else value >= 0


def _solved_line(value: int, slope: int, relation: str) -> Stretches:
    """Solve `value + slope * q` for `q >= 0`; `-(a // b)` rounds `-a / b` up."""
    if relation == "==":
        root = -value // slope
        return ((root, root),) if root >= 0 and value + slope * root == 0 else NEVER
    if slope > 0:
        return ((max(0, -(value // slope)), inf),)
    return ((0, value // -slope),) if value >= 0 else NEVER


def _walked(differences: list[int], relation: str) -> Stretches:
    """Try one `q` after the other until the sign stays."""
    walked: list[Stretch] = []
    for q in range(LONGEST_WALK):
        last = inf if _one_sign(differences) else q
        if _holds(differences[0], relation):
            first = walked.pop()[0] if walked and walked[-1][1] == q - 1 else q
            walked.append((first, last))
        if last == inf:
            return tuple(walked)
        differences = _advanced(differences)
    raise Undecided


def _one_sign(differences: list[int]) -> bool:
    """Say whether the value is not 0, and never changes its sign."""
    negative = differences[0] < 0
    return differences[0] != 0 and all(d == 0 or (d < 0) == negative for d in differences)


@lru_cache(maxsize=4096)
def lowest(size: Polynomial) -> float:
    """Give the least value that a size of one symbol has, `-inf` where there is none.

    >>> from archspec.sizes import symbol
    >>> lowest(symbol("H") - 2 * (symbol("H") // 2))
    0
    """
    least: float = inf
    for differences in residues(size):
        least = min(least, _lowest(differences))
        if least == -inf:
            break
    return least


def _lowest(differences: list[int]) -> float:
    least: float = inf
    for _ in range(LONGEST_WALK):
        least = min(least, differences[0])
        if min(differences[1:], default=0) >= 0:
            return least
        if max(differences[1:]) <= 0:
            return -inf
        differences = _advanced(differences)
    raise Undecided
