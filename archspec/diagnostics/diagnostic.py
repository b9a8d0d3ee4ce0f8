"""A problem at its place in a text: what is reported."""

from collections.abc import Iterable
from dataclasses import dataclass, field

from archspec.diagnostics.problems import Problem, Severity
from archspec.diagnostics.spans import Span


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
