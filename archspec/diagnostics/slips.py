"""Whether one word may be another one, mistyped."""

from itertools import takewhile

FEWEST = 3
"""A word of fewer letters is not what another one was to be."""


def is_slip(written: str, word: str) -> bool:
    """Say whether one slip makes a word what is written: a letter more, less, other or swapped.

    A word of one or two letters is another word then, and so is one with another number. Any word
    may be written twice.

    >>> is_slip("kernal", "kernel"), is_slip("rellu", "relu"), is_slip("frist", "first")
    (True, True, True)
    >>> is_slip("gelus", "relu"), is_slip("relu", "relu"), is_slip("n", "N"), is_slip("NN", "N")
    (False, False, False, True)
    >>> is_slip("conv21", "conv12"), is_slip("conv", "conv1"), is_slip("convd2", "conv2d")
    (False, False, True)
    """
    if written == word + word:
        return True
    if len(word) < FEWEST or len(written) < FEWEST - 1 or not is_near(written, word):
        return False
    return _number(written) == _number(word) or _letters(written) != _letters(word)


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
