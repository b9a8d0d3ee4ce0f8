"""Whether one word may be another one, mistyped."""

from itertools import takewhile

FEWEST = 3
"""A word of fewer letters is not taken for another one that was mistyped."""


def is_slip(one: str, other: str) -> bool:
    """Say whether one slip makes one word the other: a letter more, less or other, or two swapped.

    A word of one or two letters is another word then, and so is one with another number.

    >>> is_slip("kernel", "kernal"), is_slip("relu", "rellu"), is_slip("first", "frist")
    (True, True, True)
    >>> is_slip("relu", "gelus"), is_slip("relu", "relu"), is_slip("n", "N")
    (False, False, False)
    >>> is_slip("conv12", "conv21"), is_slip("conv1", "conv"), is_slip("conv2d", "convd2")
    (False, False, True)
    """
    if min(len(one), len(other)) < FEWEST or not is_near(one, other):
        return False
    return _number(one) == _number(other) or _letters(one) != _letters(other)


def is_near(one: str, other: str) -> bool:
    """Say whether one slip makes one word the other, however short they are.

    >>> is_near("op", "po"), is_near("op", "p"), is_near("op", "of"), is_near("op", "add")
    (True, True, True, False)
    """
    first, second = _rests(one, other)
    if sorted((len(first), len(second))) in ([0, 1], [1, 1]):
        return True
    return len(first) == 2 and first == second[::-1]


def _rests(one: str, other: str) -> tuple[str, str]:
    """Leave out what both begin with, then what both end with."""
    same = _same(one, other)
    one, other = one[same:], other[same:]
    same = _same(one[::-1], other[::-1])
    return one[: len(one) - same], other[: len(other) - same]


def _same(one: str, other: str) -> int:
    """Count the letters that both begin with."""
    pairs = zip(one, other, strict=False)
    return sum(1 for _ in takewhile(lambda pair: pair[0] == pair[1], pairs))


def _letters(word: str) -> str:
    return "".join(letter for letter in word if not letter.isdigit())


def _number(word: str) -> str:
    return "".join(letter for letter in word if letter.isdigit())
