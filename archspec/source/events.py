"""The events of a YAML parser, and what reading them has cost so far."""

from collections.abc import Iterator
from typing import Any

import yaml

from archspec.diagnostics import LimitExceeded, Syntax
from archspec.source.source import Mark
from archspec.source.text import Limits, Stop

# The events of a YAML parser: libyaml's where it is there, else the one in pure Python.

FASTEST: type[Any] = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
"""libyaml's parser, three times as fast as the other."""


def parse(lines: tuple[str, ...], loader: type[Any]) -> Iterator[yaml.Event]:
    """Give the events of a text one by one, so that a limit can end it at any of them.

    >>> len(list(parse(("a: 1",), FASTEST)))
    8
    """
    text = "\n".join(lines)
    last = None
    try:
        parser = loader(text)  # as `yaml.parse` does, which would be a generator in this one
        while event := parser.get_event():
            yield (last := event)
    except (ValueError, OverflowError):
        # The parser in pure Python calls `chr` with whatever an escape says.
        mark = (0, 0, 0, 1) if last is None else mark_of(last)
        raise Stop(Syntax("an escape sequence after this names no character"), mark) from None


# Events are `Any`: PyYAML's stubs let marks be missing, and no parser leaves them out.
def mark_of(event: Any) -> Mark:
    """Tell where an event stands."""
    start, end = event.start_mark, event.end_mark
    return start.line, start.column, end.line, end.column


# What reading has cost so far, against the limits.


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
