"""What is noted while layers are written, to be said elsewhere in their class."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import TypeVar

from archspec.emit.argument import Tied
from archspec.emit.code import mentioned_in
from archspec.emit.initial import OwnInit
from archspec.emit.naming.names import Names
from archspec.emit.slots import CannotSay

T = TypeVar("T")

Place = tuple[int, tuple[str, ...]]
"""Where a layer stands: the identity of a trace, and the path there."""


@dataclass(slots=True)
class Notes:
    """The notes of one class.

    `guards` are numbers of repetitions that must be at least 1. `initial` are the rules that layers
    have of their own, `literal_rules` those of layers that are written by their numbers, and `ties`
    the weights that layers share. `definitions` are what the file has to define.
    """

    names: Names
    guards: list[str] = field(default_factory=list)
    initial: dict[Place, OwnInit] = field(default_factory=dict)
    definitions: dict[str, None] = field(default_factory=dict)
    ties: dict[Place, Tied] = field(default_factory=dict)
    literal_rules: list[OwnInit] = field(default_factory=list)

    @property
    def own(self) -> int:
        """How many rules and shared weights are noted."""
        return len(self.initial) + len(self.ties)

    def attempt(self, write: Callable[[], T]) -> T | None:
        """Write something, or leave no trace of it where one class cannot say it."""
        kept = (list(self.guards), dict(self.initial), dict(self.definitions), dict(self.ties))
        written = self.names.attempt(write)
        if written is None:
            self.guards, self.initial, self.definitions, self.ties = kept
        return written

    def guard(self, text: str) -> None:
        """Refuse values for which a number of repetitions would be below 1."""
        if self.counts_loops(text):
            raise CannotSay("a number of repetitions depends on the repetition around it")
        self.guards.append(text)

    def counts_loops(self, text: str) -> bool:
        """Say whether a text mentions the variable of a loop around it."""
        return not mentioned_in(text).isdisjoint(self.names.loops.values())

    def guard_if(self, condition: str, before: int) -> None:
        """Let guards that were added hold only where a layer is there."""
        if self.counts_loops(condition):
            return
        self.guards[before:] = [f"({text} if {condition} else 1)" for text in self.guards[before:]]
