"""What is wrong with a spec: one type, from where it is noticed to where it is printed."""

import pathlib
import re
from collections.abc import Iterable
from dataclasses import KW_ONLY, dataclass, field, replace
from typing import ClassVar, Literal, Self

from archspec.diagnostics.spans import CallSite, Edit, Label, Maker, Place, Span

Severity = Literal["error", "warning"]


@dataclass(unsafe_hash=True)
class Problem(Exception):
    """A fact that is wrong about a spec, and as far as that has been found out, where it stands.

    Whoever notices it raises it with a message. Whoever knows the place in the document adds that
    by `at`, and `archspec.source` adds the lines of the text and the changes that mend it. Two
    problems are equal where they would be printed alike.

    The docstring of a kind of problem is its explanation: what it is in one line, why it matters,
    and a `Wrong` and a `Right` example, which are whole specs.

    >>> from archspec.diagnostics.problems import OutOfRange
    >>> OutOfRange("`stride` must be at least 1, not 0").slug
    'out-of-range'
    """

    category: ClassVar[str] = ""
    level: ClassVar[Severity] = "error"
    slug: ClassVar[str] = "problem"

    message: str
    _: KW_ONLY
    label: str | None = None
    notes: tuple[str, ...] = ()
    help: str | None = None
    offset: int | None = field(default=None, compare=False)

    place: Place | None = field(default=None, compare=False)
    nearby: tuple[tuple[Place, str], ...] = field(default=(), compare=False)
    """Other places of the document that explain it, each with a remark."""
    calls: tuple[CallSite, ...] = field(default=(), compare=False)
    """The calls of blocks that led there, the outermost first."""
    makers: tuple[Maker, ...] = field(default=(), compare=False)
    """The layers inside blocks that made what it reads."""

    file: str = ""
    """The name under which the text was read."""
    span: Span | None = None
    """`None` where it belongs to no line, as an unknown variant on the command line."""
    related: tuple[Label, ...] = ()
    lines: tuple[str, ...] = field(default=(), repr=False, compare=False)
    """The lines of the text in which it stands."""
    edits: tuple[Edit, ...] = field(default=(), compare=False)
    """Changes of that text that mend it, where it is certain how."""
    alternatives: tuple[tuple[Edit, ...], ...] = field(default=(), compare=False)
    """Else the ways that the help names, each of which mends it by itself."""
    counts_as: Severity | None = None
    """Another severity than its kind has: `--strict` makes errors of warnings."""

    def __init_subclass__(cls) -> None:
        """Derive the slug, `out-of-range`, from the name of the class."""
        cls.slug = re.sub(r"(?<=[a-z])(?=[A-Z])", "-", cls.__name__).lower()

    def __str__(self) -> str:
        return self.message

    @property
    def severity(self) -> Severity:
        """Whether it is an error or a warning."""
        return self.counts_as or self.level

    def at(self, place: Place, nearby: tuple[tuple[Place, str], ...] = ()) -> Self:
        """Say where in the document it stands; what names a character in a text keeps that.

        >>> Problem("no such name", offset=4).at(Place(("layers", 0))).place
        Place(path=('layers', 0), key=False, offset=4)
        """
        offset = self.offset if place.offset is None else place.offset
        return replace(self, place=replace(place, offset=offset), nearby=nearby)


class SpecError(Exception):
    """A spec has errors; `diagnostics` holds all that were found, warnings included."""

    def __init__(self, diagnostics: Iterable[Problem]) -> None:
        self.diagnostics = tuple(diagnostics)
        super().__init__("\n".join(_line(item) for item in self.errors))

    @property
    def errors(self) -> tuple[Problem, ...]:
        """Those that are errors."""
        return tuple(item for item in self.diagnostics if item.severity == "error")


def _line(problem: Problem) -> str:
    place = f"{problem.file}:"
    if problem.span is not None:
        place += f"{problem.span.line}:{problem.span.column}:"
    return f"{place} {problem.message} [{problem.slug}]"


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

    diagnostics: tuple[Problem, ...]
    notices: tuple[Notice, ...]
    version: str
    root: pathlib.Path

    def count(self, severity: Severity) -> int:
        """Count the diagnostics of a severity."""
        return sum(item.severity == severity for item in self.diagnostics)
