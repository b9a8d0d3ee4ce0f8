"""The set of sizes of one symbol at which conditions hold, exactly.

A set is kept residue by residue: for each residue `1 … period` the stretches of sizes, one period
apart, that are in it.
"""

from collections.abc import Iterable
from functools import lru_cache
from heapq import merge
from itertools import count, islice
from math import gcd, inf, lcm
from typing import NamedTuple

from archspec.dimensions.bounds import without_common_symbols
from archspec.dimensions.comparing import Condition
from archspec.dimensions.polynomial import Polynomial
from archspec.dimensions.residues import (
    LARGEST_PERIOD,
    Stretch,
    Stretches,
    Undecided,
    period,
    residues,
    solved,
)


class Solutions(NamedTuple):
    """A set of sizes of `symbol`; `stretches[i]` holds those of residue `i + 1`, first and last."""

    symbol: str
    stretches: tuple[Stretches, ...]

    @property
    def period(self) -> int:
        """The distance of the sizes in a stretch."""
        return len(self.stretches)

    @property
    def smallest(self) -> int | None:
        """The smallest size; `None` where there is none."""
        return min((some[0][0] for some in self.stretches if some), default=None)

    @property
    def largest(self) -> float:
        """The largest size, which may be infinite."""
        return max((some[-1][1] for some in self.stretches if some), default=0)

    @property
    def step(self) -> int:
        """The greatest number of which all sizes are multiples apart, as far as residues tell."""
        taken = [residue for residue, some in enumerate(self.stretches) if some]
        return gcd(self.period, *(residue - taken[0] for residue in taken))

    def has(self, size: int) -> bool:
        """Say whether a size of at least 1 is in the set."""
        stretches = self.stretches[(size - 1) % self.period]
        return any(first <= size <= last for first, last in stretches)

    def first(self, number: int) -> tuple[int, ...]:
        """Give so many of the smallest sizes, in order.

        >>> from archspec.dimensions import divisible, symbol
        >>> solutions(divisible(symbol("H"), 16)).first(3)
        (16, 32, 48)
        """
        runs = (self._run(*stretch) for some in self.stretches for stretch in some)
        return tuple(islice(merge(*runs), number))

    def nearest(self, size: int) -> tuple[int, ...]:
        """Give the largest size up to this one and the smallest from it on, as far as there are.

        >>> from archspec.dimensions import divisible, symbol
        >>> solutions(divisible(symbol("H"), 16)).nearest(350)
        (336, 352)
        """
        step = self.period
        below, above = [], []
        for first, last in (stretch for some in self.stretches for stretch in some):
            if first <= size:
                below.append(first + int(min(last, size) - first) // step * step)
            if last >= size:
                above.append(max(first, first - (first - size) // step * step))
        found = (max(below, default=None), min(above, default=None))
        return tuple(dict.fromkeys(item for item in found if item is not None))

    def _run(self, first: int, last: float) -> Iterable[int]:
        if last == inf:
            return count(first, self.period)
        return range(first, int(last) + 1, self.period)

    def expanded(self, length: int) -> "Solutions":
        """Write the same set with a multiple of its period."""
        if length == self.period:
            return self
        longer = self.stretches * (length // self.period)
        stretches = (_every(length, index + 1, some) for index, some in enumerate(longer))
        return Solutions(self.symbol, tuple(stretches))

    def common(self, other: "Solutions") -> "Solutions":
        """Give the sizes that are in both sets; `Undecided` where the period grows too large."""
        length = lcm(self.period, other.period)
        if length > LARGEST_PERIOD:
            raise Undecided
        a, b = self.expanded(length).stretches, other.expanded(length).stretches
        return Solutions(self.symbol, tuple(map(_common, a, b)))

    def within(self, other: "Solutions") -> bool:
        """Say whether all sizes are in the other set as well."""
        both = self.common(other)
        return both == self.expanded(both.period)


def every(symbol: str) -> Solutions:
    """Give the set of all sizes."""
    return Solutions(symbol, (((1, inf),),))


@lru_cache(maxsize=512)
def solutions(condition: Condition) -> Solutions:
    """Solve a condition that depends on one symbol.

    It raises `Undecided` where the condition depends on more, or has too large a period.

    >>> from archspec.dimensions import at_least, symbol
    >>> solutions(at_least(symbol("H"), 6)).has(5)
    False
    """
    difference = condition.difference
    if isinstance(difference, Polynomial):
        difference = without_common_symbols(difference)
    if not isinstance(difference, Polynomial) or len(difference.symbols) != 1:
        raise Undecided
    step = period(difference)
    relation = ">=" if condition.relation == ">=" else "=="
    found = (solved(differences, relation) for differences in residues(difference))
    stretches = (_sizes(step, residue, some) for residue, some in enumerate(found, start=1))
    return Solutions(min(difference.symbols), tuple(stretches))


def _sizes(step: int, residue: int, stretches: Stretches) -> Stretches:
    """Give the sizes `step * q + residue` for stretches of `q`."""
    return tuple((step * first + residue, step * last + residue) for first, last in stretches)


def _every(length: int, residue: int, stretches: Stretches) -> Stretches:
    """Keep of stretches the sizes of one residue of a longer period."""
    found: list[Stretch] = []
    for first, last in stretches:
        start = first + (residue - first) % length
        end = last if last == inf else last - (last - residue) % length
        if start > end:
            continue
        if found and found[-1][1] + length == start:
            start = found.pop()[0]
        found.append((start, end))
    return tuple(found)


def _common(a: Stretches, b: Stretches) -> Stretches:
    pairs = ((max(x[0], y[0]), min(x[1], y[1])) for x in a for y in b)
    return tuple(pair for pair in pairs if pair[0] <= pair[1])
