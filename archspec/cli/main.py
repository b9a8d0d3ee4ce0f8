"""The command `archspec` and its subcommands."""

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

import click

from archspec.cli.failures import Exit, report_exception
from archspec.cli.output_options import start_reporting, takes_color
from archspec.cli.terminal import notify, report_document, report_explanation, write_result
from archspec.diagnostics import close_match
from archspec.version import __version__

COMMANDS = (
    "new",
    "validate",
    "count",
    "draw",
    "build",
    "grow",
    "list",
    "ops",
    "schema",
    "why",
    "fix",
    "explain",
)
"""In the order in which one meets them."""


class Commands(click.Group):
    """A group whose commands are imported when called: `validate` needs nothing of `draw`'s."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import a command."""
        if cmd_name not in COMMANDS:
            hint = close_match(cmd_name, COMMANDS)
            message = f"there is no command `{cmd_name}`" + (f"; {hint}" if hint else "")
            raise click.UsageError(message, ctx)
        command: click.Command = import_module(f"archspec.cli.commands.{cmd_name}").command
        return command


def _print_version(context: click.Context, option: click.Parameter, wanted: bool) -> None:
    """Show the version and exit."""
    if wanted:
        write_result(f"archspec {__version__}\n")
        context.exit()


@click.group(
    cls=Commands,
    context_settings={"help_option_names": ["-h", "--help"]},
    epilog="Exit codes: 0 good, 1 the spec has errors, 2 usage, 3 a file or something that is "
    "not installed, 4 a limit, 70 a mistake of archspec, 130 interrupted.",
)
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_print_version,
    help="Show the version and exit.",
)
@takes_color
def group() -> None:
    """Compile a neural network's architecture from YAML: check, count, draw, build.

    A SPEC is a file, the name of a shipped spec (resnet50) or of one of its variants
    (resnet101), or - for stdin.
    """


def run() -> None:
    """Run the command line as a process.

    It is short, and most of it is imports: looking for garbage as often as usual would not pay,
    nor would looking through everything once more at the end.
    """
    gc.set_threshold(100_000)
    code = main()
    gc.freeze()
    sys.exit(code)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; no exception leaves it."""
    start_reporting()
    code = _guarded(lambda: _invoke(list(sys.argv[1:] if arguments is None else arguments)))
    _guarded(report_explanation)
    return _guarded(report_document) or code


def _guarded(step: Callable[[], int | None]) -> int:
    """Make an exit code of whatever a step ends with."""
    try:
        return step() or Exit.GOOD
    except (KeyboardInterrupt, click.Abort):
        start_reporting()
        notify("interrupted")
        return Exit.INTERRUPTED
    except Exception as error:
        return report_exception(error)


def _invoke(arguments: list[str]) -> int:
    try:
        with group.make_context("archspec", arguments) as context:
            return int(group.invoke(context) or Exit.GOOD)
    except click.exceptions.Exit as end:
        return end.exit_code
