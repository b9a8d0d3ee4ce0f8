"""How much a spec may ask of the program that reads it."""

from dataclasses import dataclass

DEEPEST = 256
"""The deepest nesting that any caller may allow: the reader calls itself once a level."""


@dataclass(frozen=True, slots=True)
class Limits:
    """The most bytes, nested levels and parser events of a text; aliases count as what they repeat.

    >>> Limits(depth=64).events
    50000
    """

    bytes: int = 256 * 1024
    depth: int = 32
    events: int = 50_000

    def __post_init__(self) -> None:
        if self.depth > DEEPEST:
            raise ValueError(f"depth is at most {DEEPEST}, not {self.depth}")


DEFAULT = Limits()
