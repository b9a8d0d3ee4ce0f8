"""Where a YAML parser gave up, and what it was at work on."""

from dataclasses import dataclass

import yaml

from archspec.source.source import Mark


@dataclass(frozen=True, slots=True)
class Failure:
    """Where the parser gave up, on what it was at work, and the brackets open there."""

    lines: tuple[str, ...]
    line: int
    column: int
    context: Mark | None
    opened: tuple[Mark, ...]

    @property
    def text(self) -> str:
        """The line, as far as it goes."""
        return self.lines[self.line]

    @property
    def rest(self) -> str:
        """What stands from the column on."""
        return self.text[self.column :]

    @property
    def before(self) -> str:
        """What stands before the column."""
        return self.text[: self.column]

    @property
    def is_at_end(self) -> bool:
        """Whether nothing more is written, here or below."""
        below = self.lines[self.line + 1 :]
        return not self.rest.strip() and not any(line.strip() for line in below)

    @property
    def is_in_brackets(self) -> bool:
        """Whether a bracket is open; the parser may not have told yet of one on this line."""
        opened = sum(self.before.count(bracket) for bracket in "[{")
        closed = sum(self.before.count(bracket) for bracket in "]}")
        return bool(self.opened) or opened > closed

    def line_above(self) -> int | None:
        """Find the nearest line above that says something."""
        filled = (n for n in range(self.line - 1, -1, -1) if self.lines[n].strip())
        return next(filled, None)

    def here(self, length: int = 1) -> Mark:
        """Mark some characters from the column on."""
        return self.line, self.column, self.line, self.column + length

    def begin(self) -> Mark:
        """Mark the first character of what the parser was at work on."""
        line, column = (self.context or self.here())[:2]
        return line, column, line, column + 1


def failure_of(error: yaml.MarkedYAMLError, lines: tuple[str, ...], opened: list[Mark]) -> Failure:
    """Find the place in the text that a parser means."""
    mark = error.problem_mark or error.context_mark
    line, column = _inside(lines, (mark.line, mark.column) if mark else (0, 0))
    context = None
    if error.context_mark:
        at = _inside(lines, (error.context_mark.line, error.context_mark.column))
        context = (*at, *at)
    return Failure(lines, line, column, context, tuple(opened))


def _inside(lines: tuple[str, ...], at: tuple[int, int]) -> tuple[int, int]:
    """Move a mark behind the text back to the end of its last line that says something."""
    line, column = at
    if line < len(lines) and any(text.strip() for text in lines[line:]):
        return line, min(column, len(lines[line]))
    filled = [number for number, text in enumerate(lines[:line]) if text.strip()]
    last = filled[-1] if filled else 0
    return last, len(lines[last].rstrip())
