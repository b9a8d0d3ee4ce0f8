"""How a run tells what it finds: the options `--color` and `--format`, and what it collects."""

from collections.abc import Callable
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

import click

from archspec.diagnostics import Problem
from archspec.diagnostics.findings import Notice

TEXT = "text"
FORMATS = (TEXT, "json", "sarif", "github")
COLORS = ("auto", "always", "never")

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass(slots=True)
class Manner:
    """Text is told at once; for a document `diagnostics` and `notices` grow until the end.

    `is_result` says that the document goes to stdout: it is what the command was asked for. `slug`
    is the first kind of problem that was told as text.
    """

    color: str = "auto"
    format: str = TEXT
    is_result: bool = False
    diagnostics: list[Problem] = field(default_factory=list)
    notices: list[Notice] = field(default_factory=list)
    slug: str | None = None

    @property
    def collects(self) -> bool:
        """Whether there will be one document at the end, and nothing before it."""
        return self.format != TEXT


_MANNER: ContextVar[Manner] = ContextVar("manner")


def begin() -> Manner:
    """Start a run that tells its findings as text."""
    manner = Manner()
    _MANNER.set(manner)
    return manner


def manner() -> Manner:
    """Give the manner of this run.

    >>> begin().format, manner().collects
    ('text', False)
    """
    found = _MANNER.get(None)
    return begin() if found is None else found


def takes_color(command: Command) -> Command:
    """Add `--color` to a command, whose body need not know of it."""
    option = click.option(
        "--color",
        type=click.Choice(COLORS),
        is_eager=True,
        expose_value=False,
        callback=_set_color,
        help="Color messages.  [default: auto, for a terminal; NO_COLOR and FORCE_COLOR count]",
    )
    return option(command)


def takes_format(command: Command) -> Command:
    """Add `--format` to a command whose result is what it finds in specs."""
    help = (
        "How problems are told: text on stderr, or one document on stdout, also where nothing is "
        "wrong. Columns count code points, from 1.  [default: text]"
    )
    return _format_option("--format", _set_result_format, help)(command)


def takes_diagnostics(command: Command) -> Command:
    """Add the same as `--diagnostics` to a command with a result of its own, which has stdout."""
    help = "How problems are told: text or one document, on stderr.  [default: text]"
    return _format_option("--diagnostics", _set_format, help)(command)


Callback = Callable[[click.Context, click.Parameter, str | None], None]


def _format_option(name: str, callback: Callback, help: str) -> Callable[[Command], Command]:
    return click.option(
        name,
        type=click.Choice(FORMATS),
        is_eager=True,
        expose_value=False,
        callback=callback,
        help=help,
    )


def _set_color(context: click.Context, option: click.Parameter, color: str | None) -> None:
    if color is not None:
        manner().color = color


def _set_format(context: click.Context, option: click.Parameter, format: str | None) -> None:
    manner().format = format or TEXT


def _set_result_format(context: click.Context, option: click.Parameter, format: str | None) -> None:
    _set_format(context, option, format)
    manner().is_result = True
