"""What the conditions of a whole network ask of its symbols.

Conditions over one symbol are solved and written together, in words that depend on nothing but
the set of sizes; those that relate several symbols are written as they are.
"""

from collections.abc import Iterable, Mapping, Sequence
from functools import reduce
from itertools import accumulate
from typing import NamedTuple

from archspec.sizes.comparing import Condition, Truth, decided
from archspec.sizes.polynomial import Size, divided, symbol
from archspec.sizes.residues import Undecided
from archspec.sizes.solutions import Solutions, every, solutions, worded


class Requirement(NamedTuple):
    """What is asked of one symbol; or a condition that relates several, or cannot be solved.

    All `texts` hold together. `conditions` are the places of the conditions that ask for it; none
    of them follows from the others. It is not `possible` where no size meets them. `sizes` is the
    set of those that do.
    """

    symbols: tuple[str, ...]
    texts: tuple[str, ...]
    conditions: tuple[int, ...]
    possible: bool = True
    sizes: Solutions | None = None


Truths = dict[int, Truth]
"""What is known of conditions, by their places in a network's."""

Solved = dict[int, Solutions]
"""What solves the conditions at these places."""


def requirements(conditions: Sequence[Condition]) -> tuple[Requirement, ...]:
    """Give what is asked of each symbol, then what relates several; what always holds is left out.

    Of symbols that must be equal the first by name stands for all.

    >>> from archspec.sizes import at_least, divisible
    >>> height = symbol("H")
    >>> (only,) = requirements([divisible(height, 2), divisible(height, 4), at_least(height, 33)])
    >>> only.texts, only.conditions
    (('H % 4 == 0', 'H >= 36'), (1, 2))
    """
    solved, truths = _sorted(conditions)
    single = [_of_symbol(conditions, name, places) for name, places in solved.items()]
    domain = {requirement.symbols[0]: _domain(requirement) for requirement in single}
    related = (
        _relation(place, conditions[place], _decided(truth, domain))
        for place, truth in truths.items()
    )
    return tuple(requirement for requirement in (*single, *related) if requirement.texts)


def simplified(conditions: Sequence[Condition]) -> tuple[str, ...]:
    """Say in few words what all the conditions ask together.

    >>> from archspec.sizes import at_least, divisible
    >>> height = symbol("H")
    >>> simplified([divisible(height, 4), divisible(height, 6), at_least(height, 3)])
    ('H % 12 == 0',)
    """
    return tuple(text for requirement in requirements(conditions) for text in requirement.texts)


def needed(conditions: Sequence[Condition]) -> list[int]:
    """Give the places of conditions that say it all: none of them follows from the others.

    Where two say the same, it is the first.

    >>> from archspec.sizes import divisible
    >>> needed([divisible(symbol("H"), 2), divisible(symbol("H"), 4)])
    [1]
    """
    return sorted(
        place for requirement in requirements(conditions) for place in requirement.conditions
    )


def follows(condition: Condition, others: Sequence[Condition]) -> bool:
    """Say whether a condition is known to hold wherever the others do.

    >>> from archspec.sizes import divisible
    >>> follows(divisible(symbol("H"), 2), [divisible(symbol("H"), 4)])
    True
    """
    return len(others) not in needed([*others, condition])


def sizes_of(name: str, conditions: Sequence[Condition]) -> Solutions:
    """Give the sizes of a symbol that meet all conditions over it alone.

    >>> from archspec.sizes import divisible
    >>> sizes_of("H", [divisible(symbol("H"), 4), divisible(symbol("H"), 6)]).first(2)
    (12, 24)
    """
    solved, _ = _sorted(conditions)
    stands, _ = _alike(conditions)
    return _all(name, solved.get(stands.get(name, name), {}).values())


def failing(conditions: Sequence[Condition], values: Mapping[str, int]) -> list[int]:
    """Give the places of the conditions that do not hold at these values.

    >>> from archspec.sizes import divisible
    >>> failing([divisible(symbol("H"), 2), divisible(symbol("H"), 3)], {"H": 4})
    [1]
    """
    holds = {condition: condition.holds(values) for condition in set(conditions)}
    return [place for place, condition in enumerate(conditions) if not holds[condition]]


def _sorted(conditions: Sequence[Condition]) -> tuple[dict[str, Solved], Truths]:
    """Solve by symbol what can be solved, and give the rest; what is said twice is left out."""
    solved: dict[str, Solved] = {}
    together: dict[str, Solutions] = {}
    stands, rest = _alike(conditions)
    names: dict[str, Size] = {name: symbol(first) for name, first in stands.items()}
    for place in _first_places(conditions):
        if place in rest:
            continue
        truth = _decided(conditions[place], names)
        solution = _solution(truth, together)
        if solution is None:
            rest[place] = truth
        else:
            solved.setdefault(solution.symbol, {})[place] = solution
    return solved, rest


def _first_places(conditions: Sequence[Condition]) -> list[int]:
    places: dict[Condition, int] = {}
    for place, condition in enumerate(conditions):
        places.setdefault(condition, place)
    return list(places.values())


def _decided(truth: Truth, values: Mapping[str, Size]) -> Truth:
    return decided(truth, values) if values and isinstance(truth, Condition) else truth


def _solution(truth: Truth, together: dict[str, Solutions]) -> Solutions | None:
    """Solve a condition if that of all those over its symbol can be said together."""
    if isinstance(truth, bool):
        return None
    try:
        solution = solutions(truth)
        others = together.get(solution.symbol, every(solution.symbol))
        together[solution.symbol] = others.common(solution)
    except Undecided:
        return None
    return solution


def _of_symbol(conditions: Sequence[Condition], name: str, solved: Solved) -> Requirement:
    sizes, places = _all(name, solved.values()), _independent(name, solved)
    words = worded(sizes)
    if words is None:
        words = tuple(str(conditions[place]) for place in places)
    return Requirement((name,), words, places, sizes.smallest is not None, sizes)


def _all(name: str, solved: Iterable[Solutions]) -> Solutions:
    return reduce(Solutions.common, solved, every(name))


def _independent(name: str, solved: Solved) -> tuple[int, ...]:
    """Leave out, from the last on, what follows from those before it and those kept after it."""
    before = list(accumulate(solved.values(), Solutions.common, initial=every(name)))
    kept: list[int] = []
    after = every(name)
    for place, earlier in zip(reversed(solved), reversed(before[:-1]), strict=True):
        if not earlier.common(after).within(solved[place]):
            kept.append(place)
            after = after.common(solved[place])
    return tuple(reversed(kept))


def _alike(conditions: Sequence[Condition]) -> tuple[dict[str, str], Truths]:
    """Find symbols that must be equal: which stands for which, and the conditions that say so."""
    stands: dict[str, str] = {}
    saying: Truths = {}
    for place, condition in enumerate(conditions):
        ends = sorted({stands.get(name, name) for name in _equated(condition)})
        if len(ends) == 2:
            first, second = ends
            followers = [name for name, end in stands.items() if end == second]
            stands |= dict.fromkeys([second, *followers], first)
            saying[place] = condition
    return stands, saying


def _equated(condition: Condition) -> list[str]:
    """Name the two symbols that a condition says are equal."""
    names = sorted(condition.symbols)
    if condition.relation != "==" or len(names) != 2:
        return []
    apart = divided(condition.difference, symbol(names[0]) - symbol(names[1]))
    return names if isinstance(apart, int) else []


def _domain(requirement: Requirement) -> Size:
    """Write the sizes of a symbol by a symbol that is at least 1: `16*H` where 16 divides `H`."""
    (name,), sizes = requirement.symbols, requirement.sizes
    if sizes is None or sizes.smallest is None:
        return symbol(name)
    return sizes.step * (symbol(name) - 1) + sizes.smallest


def _relation(place: int, condition: Condition, truth: Truth) -> Requirement:
    texts = () if truth is True else (str(condition),)
    places = () if truth is True else (place,)
    return Requirement(tuple(sorted(condition.symbols)), texts, places, truth is not False)
