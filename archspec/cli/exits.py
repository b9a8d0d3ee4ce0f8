"""Exit codes, and the failures of the command line that no other part knows."""

from enum import IntEnum

from archspec.diagnostics import Problem


class Exit(IntEnum):
    """What the process says to the shell when it ends.

    `SPEC`: the spec has errors, or the network built from it fails its verification. `FILES`:
    a file cannot be read or written, or a program or package is not installed. `LIMIT`: the spec
    exceeds a limit. `BUG`: a mistake of archspec itself.
    """

    GOOD = 0
    SPEC = 1
    USAGE = 2
    FILES = 3
    LIMIT = 4
    BUG = 70
    INTERRUPTED = 130


class Failure(Exception):
    """A command cannot do what it is asked: one line for the user, and the exit code."""

    def __init__(self, message: str, kind: str, code: Exit, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.code = code
        self.help = help


def code_of(diagnostics: tuple[Problem, ...]) -> Exit:
    """Tell the exit code of what was found in a spec.

    >>> code_of(())
    <Exit.GOOD: 0>
    """
    categories = {item.category for item in diagnostics if item.severity == "error"}
    if not categories:
        return Exit.GOOD
    return Exit.LIMIT if categories == {"limit"} else Exit.SPEC
