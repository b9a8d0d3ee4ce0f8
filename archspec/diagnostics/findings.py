"""What one run found: the problems of a spec together, and why a run could not do its work."""

import pathlib
from collections.abc import Iterable
from dataclasses import dataclass

from archspec.diagnostics.problems import Problem, Severity


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
