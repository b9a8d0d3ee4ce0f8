"""A problem at its place in a text: what is reported, and where places and spans lie."""

import pathlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from archspec.diagnostics.problems import Problem, Severity

# Where something stands: in the YAML's structure (a place) and in its text (a span).

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


# A problem at its place in a text: what is reported.


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
class Diagnostic:
    """One problem, told by its message, where it stands, what else is involved, and a fix.

    `lines` are those of the text in which it stands, `file` the name under which it was read.
    `span` is `None` where it belongs to no line, as an unknown variant on the command line. `edits`
    are changes of that file that mend it, where it is certain how; else `alternatives` are
    the ways that its help names, each of which mends it by itself. With `strict` a warning counts
    as an error, and with `lenient` an error as a warning.
    """

    problem: type[Problem]
    message: str
    file: str
    span: Span | None = None
    label: str | None = None
    related: tuple[Label, ...] = ()
    notes: tuple[str, ...] = ()
    help: str | None = None
    edits: tuple[Edit, ...] = field(default=(), compare=False)
    alternatives: tuple[tuple[Edit, ...], ...] = field(default=(), compare=False)
    lines: tuple[str, ...] = field(default=(), repr=False, compare=False)
    strict: bool = False
    lenient: bool = False

    @property
    def slug(self) -> str:
        """The name of the problem's class, `channel-mismatch`."""
        return self.problem.slug

    @property
    def severity(self) -> Severity:
        """Whether it is an error or a warning."""
        if self.strict:
            return "error"
        return "warning" if self.lenient else self.problem.severity


class SpecError(Exception):
    """A spec has errors; `diagnostics` holds all that were found, warnings included."""

    def __init__(self, diagnostics: Iterable[Diagnostic]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(_line(item) for item in self.errors))

    @property
    def errors(self) -> tuple[Diagnostic, ...]:
        """Those that are errors."""
        return tuple(item for item in self.diagnostics if item.severity == "error")


def _line(diagnostic: Diagnostic) -> str:
    place = f"{diagnostic.file}:"
    if diagnostic.span is not None:
        place += f"{diagnostic.span.line}:{diagnostic.span.column}:"
    return f"{place} {diagnostic.message} [{diagnostic.slug}]"


@dataclass(frozen=True, slots=True)
class Notice:
    """Why a run could not do what it was asked, where that is no mistake in a spec.

    `kind` is a word such as `file`, `usage` or `bug`.
    """

    kind: str
    message: str
    help: str | None = None


@dataclass(frozen=True, slots=True)
class Findings:
    """All that was found, and what a document says about the run itself.

    `root` is the folder to which the names of files are made relative where a format asks for it:
    the top of the repository.

    >>> Findings((), (), "1.0.0", pathlib.Path("/home")).count("error")
    0
    """

    diagnostics: tuple[Diagnostic, ...]
    notices: tuple[Notice, ...]
    version: str
    root: pathlib.Path

    def count(self, severity: Severity) -> int:
        """Count the diagnostics of a severity."""
        return sum(item.severity == severity for item in self.diagnostics)
