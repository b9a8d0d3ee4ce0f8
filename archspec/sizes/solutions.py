"""The set of sizes of one symbol at which conditions hold, exactly, and words for it.

A set is kept residue by residue: for each residue `1 … period` the stretches of sizes, one period
apart, that are in it.
"""

from collections.abc import Iterable, Iterator
from functools import lru_cache
from heapq import merge
from itertools import count, islice
from math import gcd, inf, lcm
from typing import NamedTuple

from archspec.sizes.comparing import Condition, without_common_symbols
from archspec.sizes.polynomial import Polynomial
from archspec.sizes.residues import (
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

        >>> from archspec.sizes import divisible, symbol
        >>> solutions(divisible(symbol("H"), 16)).first(3)
        (16, 32, 48)
        """
        runs = (self._run(*stretch) for some in self.stretches for stretch in some)
        return tuple(islice(merge(*runs), number))

    def nearest(self, size: int) -> tuple[int, ...]:
        """Give the largest size up to this one and the smallest from it on, as far as there are.

        >>> from archspec.sizes import divisible, symbol
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
        ends = (max(below, default=None), min(above, default=None))
        return tuple(dict.fromkeys(item for item in ends if item is not None))

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

    >>> from archspec.sizes import at_least, symbol
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
    by_residue = (solved(differences, relation) for differences in residues(difference))
    stretches = (_sizes(step, residue, some) for residue, some in enumerate(by_residue, start=1))
    return Solutions(min(difference.symbols), tuple(stretches))


def _sizes(step: int, residue: int, stretches: Stretches) -> Stretches:
    """Give the sizes `step * q + residue` for stretches of `q`."""
    return tuple((step * first + residue, step * last + residue) for first, last in stretches)


def _every(length: int, residue: int, stretches: Stretches) -> Stretches:
    """Keep of stretches the sizes of one residue of a longer period."""
    kept: list[Stretch] = []
    for first, last in stretches:
        start = first + (residue - first) % length
        end = last if last == inf else last - (last - residue) % length
        if start > end:
            continue
        if kept and kept[-1][1] + length == start:
            start = kept.pop()[0]
        kept.append((start, end))
    return tuple(kept)


def _common(a: Stretches, b: Stretches) -> Stretches:
    pairs = ((max(x[0], y[0]), min(x[1], y[1])) for x in a for y in b)
    return tuple(pair for pair in pairs if pair[0] <= pair[1])


LONGEST_LIST = 4
"""How many sizes are listed at most, where no shorter words say which they are."""


def worded(sizes: Solutions) -> tuple[str, ...] | None:
    """Say which sizes are in a set, one fact a text; `None` where no few words say it.

    >>> from archspec.sizes import divisible, symbol
    >>> from archspec.sizes.solutions import solutions
    >>> worded(solutions(divisible(symbol("H") + 8, 16)))
    ('H % 16 == 8',)
    """
    if sizes.smallest is None:
        return (f"no size of {sizes.symbol}",)
    listed = sizes.first(LONGEST_LIST + 1) if sizes.largest < inf else ()
    if 0 < len(listed) <= LONGEST_LIST:
        return (_is_one_of(sizes.symbol, listed),)
    steps = (step for step in range(1, sizes.period + 1) if sizes.period % step == 0)
    for step in steps:
        if _is_pattern(sizes, step):
            return _pattern_words(sizes, step)
    return None


def _is_one_of(name: str, sizes: tuple[int, ...]) -> str:
    return f"{name} == {sizes[0]}" if len(sizes) == 1 else f"{name} in {sizes}"


def _rests(sizes: Solutions, step: int) -> frozenset[int]:
    """Give the remainders by `step` that the sizes have."""
    return frozenset(
        residue % step for residue, some in enumerate(sizes.stretches, start=1) if some
    )


def _is_pattern(sizes: Solutions, step: int) -> bool:
    """Say whether all sizes of these remainders are in it that lie between the ends."""
    low, high, rests = sizes.smallest, sizes.largest, _rests(sizes, step)
    assert low is not None
    for residue, some in enumerate(sizes.stretches, start=1):
        first = low + (residue - low) % sizes.period
        last = high if high == inf else high - (high - residue) % sizes.period
        expected = ((first, last),) if residue % step in rests and first <= last else ()
        if some != expected:
            return False
    return True


def _pattern_words(sizes: Solutions, step: int) -> tuple[str, ...] | None:
    name, low, high, rests = sizes.symbol, sizes.smallest, sizes.largest, _rests(sizes, step)
    assert low is not None
    remainder = _remainder_words(f"{name} % {step}", step, rests)
    if remainder is None:
        return None
    smaller = any(size % step in rests for size in range(max(1, low - step), low))
    bounds = [f"{name} >= {low}"] * smaller + [f"{name} <= {high}"] * (high < inf)
    return (*remainder, *bounds)


def _remainder_words(text: str, step: int, rests: frozenset[int]) -> tuple[str, ...] | None:
    """Say which remainders there are, the shortest way."""
    if len(rests) == step:
        return ()
    words = next(_ways(text, step, rests), None)
    return None if words is None else (words,)


def _ways(text: str, step: int, rests: frozenset[int]) -> Iterator[str]:
    inside, outside = tuple(sorted(rests)), tuple(sorted(set(range(step)) - rests))
    if len(inside) == 1:
        yield f"{text} == {inside[0]}"
    if len(outside) == 1:
        yield f"{text} != {outside[0]}"
    if inside[-1] < outside[0]:
        yield f"{text} < {outside[0]}"
    if outside[-1] < inside[0]:
        yield f"{text} >= {inside[0]}"
    if len(inside) <= LONGEST_LIST:
        yield f"{text} in {inside}"
    if len(outside) <= LONGEST_LIST:
        yield f"{text} not in {outside}"
