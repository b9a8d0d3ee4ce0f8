"""How well a word goes with others."""

from collections.abc import Collection, Iterator


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
