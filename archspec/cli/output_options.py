"""The options `--color`, `--format` and `--diagnostics`: how a run reports what it finds."""

from collections.abc import Callable, Sequence
from contextvars import ContextVar
from dataclasses import dataclass, field
from typing import TypeVar

import click

from archspec.diagnostics import Problem
from archspec.diagnostics.problems.problem import Notice

TEXT = "text"
FORMATS = (TEXT, "json", "sarif", "github")
COLORS = ("auto", "always", "never")

Command = TypeVar("Command", bound=Callable[..., object])


@dataclass(slots=True)
class Reporting:
    """How a run reports, and what it has collected for a document at its end.

    Text is written at once, and `slug` is then the first kind of problem that was. For any other
    format `diagnostics` and `notices` grow until the end; the document goes to stdout if it
    `is_result`, and to stderr beside the result of a command.
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


_REPORTING: ContextVar[Reporting] = ContextVar("reporting")


def start_reporting(color: str = "auto") -> Reporting:
    """Start a run that reports as text."""
    _REPORTING.set(Reporting(color))
    return _REPORTING.get()


def reporting() -> Reporting:
    """Give the way in which this run reports.

    >>> start_reporting().format, reporting().collects
    ('text', False)
    """
    return _REPORTING.get(None) or start_reporting()


def takes_color(command: Command) -> Command:
    """Add `--color` to a command, whose body need not know of it."""
    help = "Color messages.  [default: auto, for a terminal; NO_COLOR and FORCE_COLOR count]"
    return _choice("--color", COLORS, _set_color, help)(command)


def takes_format(command: Command) -> Command:
    """Add `--format` to a command whose result is what it finds in specs."""
    help = (
        "How problems are told: text on stderr, or one document on stdout, also where nothing is "
        "wrong. Columns count code points, from 1.  [default: text]"
    )
    return _choice("--format", FORMATS, _set_result_format, help)(command)


def takes_diagnostics(command: Command) -> Command:
    """Add the same as `--diagnostics` to a command with a result of its own, which has stdout."""
    help = "How problems are told: text or one document, on stderr.  [default: text]"
    return _choice("--diagnostics", FORMATS, _set_format, help)(command)


def _choice(
    name: str, choices: Sequence[str], set: Callable[[str | None], None], help: str
) -> Callable[[Command], Command]:
    return click.option(
        name,
        type=click.Choice(choices),
        is_eager=True,
        expose_value=False,
        callback=lambda context, option, value: set(value),
        help=help,
    )


def _set_color(color: str | None) -> None:
    reporting().color = color or reporting().color


def _set_format(format: str | None) -> None:
    reporting().format = format or TEXT


def _set_result_format(format: str | None) -> None:
    _set_format(format)
    reporting().is_result = True
