"""The mutants of the shipped specs, and a sample of them that a seed fixes."""

from collections.abc import Iterator
from functools import cache
from random import Random

from support.mutants.mutations import MUTATIONS, Mutant, mutant
from support.mutants.originals import texts
from support.mutants.tokens import Token, tokens

SEED = 4


@cache
def tokens_of(spec: str) -> tuple[Token, ...]:
    """List the tokens of a shipped spec."""
    return tokens(texts()[spec])


def all_places() -> list[tuple[str, int, str]]:
    """List every token of every spec with every mutation, whether or not it has a meaning there."""
    return [
        (spec, number, mutation)
        for spec in texts()
        for number in range(len(tokens_of(spec)))
        for mutation in MUTATIONS
    ]


def sample() -> Iterator[Mutant]:
    """Draw all mutants, always in the same order."""
    places = all_places()
    Random(SEED).shuffle(places)
    for spec, number, mutation in places:
        found = mutant(spec, texts()[spec], tokens_of(spec), number, mutation)
        if found is not None:
            yield found
