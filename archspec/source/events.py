"""The events of a YAML parser: libyaml's where it is there, else the one in pure Python."""

from collections.abc import Iterator
from typing import Any

import yaml

from archspec.diagnostics import Syntax
from archspec.source.source import Mark
from archspec.source.stop import Stop

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
