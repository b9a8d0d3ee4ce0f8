"""How near two words are to each other, and how well a word goes with others."""

from collections.abc import Collection, Iterator
from itertools import takewhile


def is_near(one: str, other: str) -> bool:
    """Say whether one slip makes one word the other: a letter more, less or other, or two swapped.

    >>> is_near("kernel", "kernal"), is_near("relu", "rellu"), is_near("first", "frist")
    (True, True, True)
    >>> is_near("relu", "gelus"), is_near("relu", "relu")
    (False, False)
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


def familiarity(word: str, pieces: Collection[str]) -> float:
    """Say how much of a word is among the pieces of other words.

    >>> known = {piece for word in ("channels", "out") for piece in pieces_of(word)}
    >>> familiarity("out_channels", known) > familiarity("out_chanels", known)
    True
    """
    own = list(pieces_of(word))
    return sum(piece in pieces for piece in own) / len(own)


def pieces_of(word: str) -> Iterator[str]:
    """Give the parts of a word, and their triples of letters, with the ends marked.

    >>> list(pieces_of("up_1"))
    ['^up$', '^up', 'up$', '^1$']
    """
    for part in word.lower().split("_"):
        whole = f"^{part}$"
        yield whole
        if part[1:]:
            yield from (whole[start : start + 3] for start in range(len(part)))
