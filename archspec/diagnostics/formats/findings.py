"""What one run found: the input of every format."""

from dataclasses import dataclass
from pathlib import Path

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.problems import Severity


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

    >>> Findings((), (), "1.0.0", Path("/home")).count("error")
    0
    """

    diagnostics: tuple[Diagnostic, ...]
    notices: tuple[Notice, ...]
    version: str
    root: Path

    def count(self, severity: Severity) -> int:
        """Count the diagnostics of a severity."""
        return sum(item.severity == severity for item in self.diagnostics)
