"""Exit codes, and the one place where exceptions become messages and exit codes."""

import os
import re
import traceback
from collections.abc import Iterator
from contextlib import contextmanager
from enum import IntEnum

import click

from archspec.cli.terminal import abandon_stdout, report_diagnostics, report_failure
from archspec.diagnostics import Problem, SpecError
from archspec.operations import BrokenFile, BrokenOperation
from archspec.source.files import FileError, reason_of
from archspec.source.library import SpecNotFound


class Exit(IntEnum):
    """The exit code of the process.

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
    """A command cannot do its work: one line for the user, and the exit code."""

    def __init__(self, message: str, kind: str, code: Exit, help: str | None = None) -> None:
        super().__init__(message)
        self.message = message
        self.kind = kind
        self.code = code
        self.help = help


@contextmanager
def failing(error: type[Exception], kind: str, code: Exit) -> Iterator[None]:
    """Make an exception of another room the failure of a command, with its `help` if it has one."""
    try:
        yield
    except error as reason:
        raise Failure(str(reason), kind, code, getattr(reason, "help", None)) from reason


def code_of(diagnostics: tuple[Problem, ...]) -> Exit:
    """Give the exit code for what was found in a spec.

    >>> code_of(())
    <Exit.GOOD: 0>
    """
    categories = {item.category for item in diagnostics if item.severity == "error"}
    if not categories:
        return Exit.GOOD
    return Exit.LIMIT if categories == {"limit"} else Exit.SPEC


def report_exception(error: Exception) -> Exit:
    """Write one line about what went wrong, and choose the exit code."""
    match error:
        case SpecError():
            report_diagnostics(error.diagnostics)
            return code_of(error.diagnostics)
        case Failure():
            report_failure(error.kind, error.message, error.help)
            return error.code
        case SpecNotFound():
            return _files("file", str(error), "`archspec list` names the shipped specs")
        case FileError():
            return _files("file", str(error))
        case BrokenFile():
            return _files("file", str(error), "`--ops` takes files that define operations")
        case BrokenOperation():
            return _files("package", str(error), "mend or uninstall the package that registers it")
        case ModuleNotFoundError(name="torch" | "safetensors"):
            return _files("missing", f"needs {error.name}: pip install archspec-nn[torch]")
        case OSError():
            return _report_stdout(error)
        case click.UsageError():
            return _report_usage(error)
    return _report_bug(error)


def _files(kind: str, message: str, help: str | None = None) -> Exit:
    report_failure(kind, message, help)
    return Exit.FILES


def _report_stdout(error: OSError) -> Exit:
    """Say why stdout takes nothing, unless its reader has gone and nobody would read it."""
    abandon_stdout()
    if isinstance(error, BrokenPipeError):
        return Exit.FILES
    return _files("file", str(FileError("<stdout>", reason_of(error))))


def _report_usage(error: click.UsageError) -> Exit:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return Exit.USAGE
    command = error.ctx.command_path if error.ctx else "archspec"
    message = re.sub("'([^']*)'", r"`\1`", error.format_message().rstrip("."))
    report_failure("usage", message[:1].lower() + message[1:], f"`{command} --help` tells more")
    return Exit.USAGE


def _report_bug(error: Exception) -> Exit:
    message = f"{type(error).__name__}: {error}"
    help = "this is a mistake in archspec, please report it; ARCHSPEC_DEBUG=1 shows where it is"
    report_failure("bug", message, help)
    if os.environ.get("ARCHSPEC_DEBUG"):
        traceback.print_exception(error)
    return Exit.BUG
