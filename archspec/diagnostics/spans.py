"""Where something stands: in the YAML's structure (a place) and in its text (a span)."""

from dataclasses import dataclass

Path = tuple[str | int, ...]
"""The keys and indices that lead from the top of a document to a node."""


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


@dataclass(frozen=True, slots=True)
class Label:
    """A remark beside a second place: `N×128×56×56 comes from here`."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """A change of the text that mends a problem, or a part of it: what to put in a span's place."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class CallSite:
    """A call of a block that led to a problem: where it stands, and in which repetition."""

    path: Path
    name: str
    repetition: int | None = None


@dataclass(frozen=True, slots=True)
class Maker:
    """The layer that gave a value from within a block: its path, and the block that it is in."""

    name: str
    shape: str
    path: Path
    block: str
