"""The remarks of a message in its text, for programs that show nothing else."""

from collections.abc import Iterable


def with_remarks(lines: Iterable[str], notes: Iterable[str], help: str | None) -> list[str]:
    """Put the notes and the help below the lines of a message.

    >>> with_remarks(["no"], ["one"], "two")
    ['no', 'note: one', 'help: two']
    """
    told = [*lines, *(f"note: {text}" for text in notes)]
    return told if help is None else [*told, f"help: {help}"]
