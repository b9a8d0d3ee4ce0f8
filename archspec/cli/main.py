"""The command `archspec` and its subcommands."""

import gc
import sys
from collections.abc import Callable, Sequence
from importlib import import_module

import click

from archspec.cli.exits import Exit
from archspec.cli.manner import begin, takes_color
from archspec.cli.report import report, report_explanation
from archspec.cli.terminal import report_document, tell, write_result
from archspec.diagnostics import close_names
from archspec.version import __version__

# Each is loaded when it is called: `validate` must not wait for what `draw` needs.
COMMANDS = {
    "new": "archspec.cli.commands.new",
    "validate": "archspec.cli.commands.validate",
    "count": "archspec.cli.commands.count",
    "draw": "archspec.cli.commands.draw",
    "build": "archspec.cli.commands.build",
    "grow": "archspec.cli.commands.grow",
    "list": "archspec.cli.commands.list",
    "ops": "archspec.cli.commands.ops",
    "schema": "archspec.cli.commands.schema",
    "why": "archspec.cli.commands.why",
    "fix": "archspec.cli.commands.fix",
    "explain": "archspec.cli.commands.explain",
}


class Commands(click.Group):
    """A group whose commands stand in modules that are imported when they are wanted."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Name all commands, in the order in which one meets them."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command:
        """Import a command."""
        if cmd_name not in COMMANDS:
            raise click.UsageError(_unknown(cmd_name), ctx)
        command: click.Command = import_module(COMMANDS[cmd_name]).command
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

    It is short, and most of it is imports: looking for garbage as often as usual would not pay.
    """
    gc.set_threshold(100_000)
    sys.exit(main())


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line and give its exit code; no exception leaves it."""
    begin()
    code = _guarded(lambda: _invoke(list(sys.argv[1:] if arguments is None else arguments)))
    _guarded(report_explanation)
    return _guarded(report_document) or code


def _guarded(step: Callable[[], int | None]) -> int:
    """Make an exit code of whatever a step ends with."""
    try:
        return step() or Exit.GOOD
    except (KeyboardInterrupt, click.Abort):
        begin()
        tell("interrupted")
        return Exit.INTERRUPTED
    except Exception as error:
        return report(error)


def _invoke(arguments: list[str]) -> int:
    try:
        with group.make_context("archspec", arguments) as context:
            return int(group.invoke(context) or Exit.GOOD)
    except click.exceptions.Exit as end:
        return end.exit_code


def _unknown(command: str) -> str:
    similar = close_names(command, COMMANDS)
    hint = f"; did you mean `{similar[0]}`?" if similar else ""
    return f"there is no command `{command}`{hint}"
