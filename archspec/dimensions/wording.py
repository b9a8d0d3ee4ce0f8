"""Words for a set of sizes of one symbol."""

from collections.abc import Iterator
from math import inf

from archspec.dimensions.solutions import Solutions

LONGEST_LIST = 4


def worded(sizes: Solutions) -> tuple[str, ...] | None:
    """Say which sizes are in a set, one fact a text; `None` where no few words say it.

    >>> from archspec.dimensions import divisible, symbol
    >>> from archspec.dimensions.solutions import solutions
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
