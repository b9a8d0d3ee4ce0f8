"""Sizes of which a test knows that they are numbers."""

from collections.abc import Iterable

from archspec.sizes import Size


def number(size: Size | None) -> int:
    """Give a size that is there and has no symbols.

    >>> number(3)
    3
    """
    assert isinstance(size, int), size
    return size


def numbers(sizes: Iterable[Size]) -> tuple[int, ...]:
    """Give sizes that have no symbols, as those of a shape.

    >>> numbers([3, 4])
    (3, 4)
    """
    return tuple(map(number, sizes))
