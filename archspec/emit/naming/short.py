"""Say sizes by the names that a class has for them and for their parts."""

from collections.abc import Iterator, Mapping
from math import prod

from archspec.sizes import Floor, Monomial, Polynomial, Size, Symbol, symbol

MARK = "~"
"""What the symbols that stand for such names begin with."""


def abbreviated(size: Size, known: Mapping[Polynomial, str]) -> Size:
    """Put symbols in the place of what has a name.

    >>> width = symbol("width") + 1
    >>> print(abbreviated(2 * (width // 2), {width: "channels"}))
    2*floor(~channels / 2)
    """
    if isinstance(size, int) or not known:
        return size
    if size in known:
        return symbol(MARK + known[size])
    terms = (_term(monomial, known) * factor for monomial, factor in size.terms.items())
    return sum(terms, start=0)


def _term(monomial: Monomial, known: Mapping[Polynomial, str]) -> Size:
    return prod((_atom(atom, known) for atom, power in monomial for _ in range(power)), start=1)


def _atom(atom: Symbol | Floor, known: Mapping[Polynomial, str]) -> Size:
    alone = Polynomial({((atom, 1),): 1})
    if alone in known:
        return symbol(MARK + known[alone])
    if isinstance(atom, Symbol):
        return alone
    return abbreviated(atom.numerator, known) // atom.divisor


def parts(size: Size) -> Iterator[Polynomial]:
    """Give a size, and the sizes within its floors.

    >>> [str(part) for part in parts((symbol("width") + 1) // 2 + 1)]
    ['floor((width + 1) / 2) + 1', 'floor((width + 1) / 2)', 'width + 1']
    """
    if isinstance(size, int):
        return
    yield size
    for atom in dict.fromkeys(atom for monomial in size.terms for atom, _ in monomial):
        if isinstance(atom, Floor):
            alone = Polynomial({((atom, 1),): 1})
            yield from (alone,) if alone != size else ()
            yield from parts(atom.numerator)
