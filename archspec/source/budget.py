"""What reading has cost so far, against the limits."""

import yaml

from archspec.diagnostics import LimitExceeded
from archspec.source.events import mark_of
from archspec.source.limits import Limits
from archspec.source.source import Mark
from archspec.source.stop import Stop


class Budget:
    """Counts events and levels, those that an alias repeats included, and stops at a limit.

    `deepest` is the deepest level since it was last set.
    """

    def __init__(self, limits: Limits) -> None:
        self.events = 0
        self.depth = 0
        self.deepest = 0
        self._limits = limits

    def spend(self, events: int, event: yaml.Event) -> None:
        """Count events."""
        self.events += events
        if self.events > self._limits.events:
            most = f"{self._limits.events:,}"
            problem = LimitExceeded(
                f"the spec has more than {most} YAML events, with its aliases expanded"
            )
            raise Stop(problem, _first_character(event))

    def reach(self, levels: int, event: yaml.Event) -> None:
        """Check a depth so many levels below this one."""
        depth = self.depth + levels
        self.deepest = max(self.deepest, depth)
        if depth > self._limits.depth:
            problem = LimitExceeded(
                f"the spec is nested more than {self._limits.depth} levels deep"
            )
            raise Stop(problem, _first_character(event))


def _first_character(event: yaml.Event) -> Mark:
    line, column = mark_of(event)[:2]
    return line, column, line, column + 1
