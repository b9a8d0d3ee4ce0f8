"""Chance, and the constructs that it may draw."""

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")

OLD = frozenset(
    """
    list numbers block group repeat zero index first when splice split init
    layer_parameter let
    """.split()  # noqa: SIM905 - a list literal would be forty lines
)
"""The constructs that every network needs."""

NEW = frozenset(
    """
    several_inputs several_outputs model_inputs model_outputs training every share tied trainable
    parameter placeholder order stage size free share_repeated tied_inside
    layer_override variants spec taps extends
    sections repetition top_let input_parameter twins inplace
    """.split()  # noqa: SIM905 - as above
)
"""The constructs of the rest of the language."""

CONSTRUCTS = OLD | NEW


class Chance:
    """Draws from a seed; a construct that is not among `constructs` is never drawn."""

    def __init__(self, seed: int, constructs: frozenset[str] = CONSTRUCTS) -> None:
        """Begin with a seed."""
        self.random = random.Random(seed)
        self.constructs = constructs

    def without(self, *constructs: str) -> "Chance":
        """Give chance that goes on with the same draws, and never draws these constructs."""
        made = Chance(0, self.constructs - {*constructs})
        made.random = self.random
        return made

    def may(self, construct: str, probability: float) -> bool:
        """Say whether a construct is to be used here."""
        return self.random.random() < probability and construct in self.constructs

    def happens(self, probability: float) -> bool:
        """Say yes so often."""
        return self.random.random() < probability

    def pick(self, items: Sequence[Item]) -> Item:
        """Draw one of several."""
        return self.random.choice(items)

    def weighted(self, items: dict[Item, float]) -> Item:
        """Draw one of several by their weights."""
        return self.random.choices(list(items), list(items.values()))[0]

    def number(self, low: int, high: int) -> int:
        """Draw a number, both ends included."""
        return self.random.randint(low, high)
