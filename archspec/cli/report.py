"""The one place where exceptions become messages and exit codes."""

import os
import re
import sys
import traceback

import click

from archspec.cli.exits import Exit, Failure, code_of
from archspec.cli.manner import manner
from archspec.cli.terminal import abandon_stdout, report_diagnostics, report_failure, tell
from archspec.diagnostics import SpecError
from archspec.operations import BrokenFile, BrokenOperation
from archspec.source.files import FileError, reason_of
from archspec.source.library import SpecNotFound


def report(error: Exception) -> int:
    """Tell one line about what went wrong, and choose the exit code."""
    match error:
        case SpecError():
            report_diagnostics(error.diagnostics)
            return code_of(error.diagnostics)
        case SpecNotFound():
            report_failure("file", str(error), "`archspec list` names the shipped specs")
            return Exit.FILES
        case FileError():
            report_failure("file", str(error))
            return Exit.FILES
        case OSError():
            return _report_stdout(error)
        case Failure():
            report_failure(error.kind, error.message, error.help)
            return error.code
        case ModuleNotFoundError(name="torch" | "safetensors"):
            report_failure("missing", f"needs {error.name}: pip install archspec-nn[torch]")
            return Exit.FILES
        case BrokenFile():
            report_failure("file", str(error), "`--ops` takes files that define operations")
            return Exit.FILES
        case BrokenOperation():
            report_failure("package", str(error), "mend or uninstall the package that registers it")
            return Exit.FILES
        case click.UsageError():
            return _report_usage(error)
    return _report_bug(error)


def report_explanation() -> None:
    """Name what explains the first problem that was told, once, where somebody reads along."""
    slug = manner().slug
    if slug is not None and sys.stderr is not None and sys.stderr.isatty():
        tell(f"`archspec explain {slug}` tells more")


def _report_stdout(error: OSError) -> int:
    """Tell why stdout takes nothing; where its reader has gone, nobody needs to be told."""
    abandon_stdout()
    if not isinstance(error, BrokenPipeError):
        report_failure("file", str(FileError("<stdout>", reason_of(error))))
    return Exit.FILES


def _report_usage(error: click.UsageError) -> int:
    if isinstance(error, click.exceptions.NoArgsIsHelpError):
        error.show()
        return Exit.USAGE
    command = error.ctx.command_path if error.ctx else "archspec"
    message = re.sub("'([^']*)'", r"`\1`", error.format_message().rstrip("."))
    report_failure("usage", message[:1].lower() + message[1:], f"`{command} --help` tells more")
    return Exit.USAGE


def _report_bug(error: Exception) -> int:
    message = f"{type(error).__name__}: {error}"
    help = "this is a mistake in archspec, please report it; ARCHSPEC_DEBUG=1 shows where it is"
    report_failure("bug", message, help)
    if os.environ.get("ARCHSPEC_DEBUG"):
        traceback.print_exception(error)
    return Exit.BUG
