"""Where something stands: in the YAML's structure (a place) and in its text (a span)."""

from dataclasses import dataclass

Path = tuple[str | int, ...]


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A stretch of text: 1-based lines and columns, the end exclusive.

    >>> Span(3, 5, 3, 9)
    Span(line=3, column=5, end_line=3, end_column=9)
    """

    line: int
    column: int
    end_line: int
    end_column: int


@dataclass(frozen=True, slots=True)
class Place:
    """A node of the YAML by its path; `key` means the key itself, `offset` a character in its text.

    >>> Place(("layers", "conv1", "stride")).path[-1]
    'stride'
    """

    path: Path
    key: bool = False
    offset: int | None = None
