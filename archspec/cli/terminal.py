"""Results go to stdout as bytes, messages to stderr as text, or as one document at the end."""

import io
import os
import shutil
import sys
from collections.abc import Collection, Iterable, Iterator, Sequence
from contextlib import contextmanager
from importlib import import_module
from pathlib import Path
from typing import TextIO, TypeVar

from archspec.cli.output_options import reporting, start_reporting
from archspec.diagnostics import Problem
from archspec.diagnostics.problems.problem import Findings, Notice
from archspec.source.files import FileError
from archspec.version import __version__


def grid(
    rows: Iterable[Sequence[str]],
    headings: Sequence[str],
    words: Collection[str],
    footer: Sequence[str] | None = None,
) -> list[str]:
    r"""Write rows below their headings, figures at the right; `words` head columns of words.

    >>> print("\n".join(grid([("a", "1"), ("b", "12")], ("name", "number"), ("name",))))
    name   number
    ─────────────
    a           1
    b          12
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, show_footer=footer is not None, show_edge=False, pad_edge=False
    )
    for heading, total in zip(headings, footer or [""] * len(headings), strict=True):
        if heading in words:
            table.add_column(heading, Text(total), no_wrap=True)
        else:
            table.add_column(heading, Text(total), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    buffer = io.StringIO()
    Console(file=buffer, width=10_000, color_system=None, _environ={}).print(table)
    return [line.rstrip() for line in buffer.getvalue().splitlines()]


Item = TypeVar("Item")


def write_result(result: str | bytes) -> None:
    """Write a result to stdout, in UTF-8 whatever the locale is, and see that it arrives."""
    if sys.stdout is None:  # as after `>&-` in a shell
        raise FileError("<stdout>", "is closed")
    _write(result, sys.stdout)


def abandon_stdout() -> None:
    """Let what could not be written go, else the interpreter tries again when it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def notify(message: str) -> None:
    """Write one line to stderr; characters that would steer the terminal are made visible."""
    if not reporting().collects:
        _print(visible(message))


def report_failure(kind: str, message: str, help: str | None = None) -> None:
    """Write `error[kind]: message` to stderr, and what helps below it."""
    if reporting().collects:
        reporting().notices.append(Notice(kind, message, help))
        return
    _print(f"{paint(f'error[{kind}]', '1;31', sys.stderr)}: {visible(message)}")
    if help is not None:
        _print(f"  = help: {visible(help)}")


def report_diagnostics(diagnostics: tuple[Problem, ...]) -> None:
    """Write what was found in a spec to stderr, if anything was."""
    if reporting().collects:
        reporting().diagnostics.extend(diagnostics)
    elif diagnostics:
        # A good spec needs nothing rendered, and `validate` starts the sooner.
        render = import_module("archspec.diagnostics.render")
        text: str = render.render_text(diagnostics, color=wants_color(sys.stderr))
        _print(text.rstrip("\n"))
        reporting().slug = reporting().slug or min(diagnostics, key=_position).slug


def report_explanation() -> None:
    """Name the command that explains the first problem, once, where somebody reads along."""
    slug = reporting().slug
    if slug is not None and _is_terminal(sys.stderr):
        notify(f"`archspec explain {slug}` tells more")


def report_document() -> None:
    """Write what was collected, if a document was requested; reports are text again after it."""
    done = reporting()
    start_reporting(done.color)
    if not done.collects:
        return
    diagnostics = tuple(sorted(dict.fromkeys(done.diagnostics), key=_position))
    # GitHub shows a line if its file is named from the top of what it checked out.
    root = Path(os.environ.get("GITHUB_WORKSPACE") or Path.cwd())
    findings = Findings(diagnostics, tuple(done.notices), __version__, root)
    formats = import_module("archspec.diagnostics.formats")
    text: str = formats.RENDERERS[done.format](findings)
    if done.is_result:
        write_result(text)
    elif sys.stderr is not None:
        _write(text, sys.stderr)


def wants_color(stream: TextIO | None) -> bool:
    """Follow the option, else the environment, else whether the stream is a terminal."""
    color = reporting().color
    if color != "auto":
        return color == "always"
    if os.environ.get("NO_COLOR"):
        return False
    if os.environ.get("FORCE_COLOR"):
        return True
    return _is_terminal(stream) and os.environ.get("TERM") != "dumb"


def paint(text: str, code: str, stream: TextIO | None) -> str:
    """Colour a text by a code of ANSI, `1;31` for bold red, if the stream wants colour."""
    return f"\x1b[{code}m{text}\x1b[0m" if wants_color(stream) else text


def page_width() -> int:
    """Give the width of the terminal, within what can be read well."""
    return min(max(shutil.get_terminal_size().columns, 40), 100)


def progress(items: Iterable[Item], what: str, number: int) -> Iterator[Item]:
    """Pass items on, and show on a terminal how many of them are done."""
    if not _is_terminal(sys.stderr):
        return iter(items)
    track = import_module("rich.progress").track
    console = import_module("rich.console").Console(stderr=True)
    shown: Iterable[Item] = track(items, what, number, console=console, transient=True)
    return iter(shown)


@contextmanager
def working(what: str) -> Iterator[None]:
    """Show on a terminal that something is under way."""
    if not _is_terminal(sys.stderr):
        yield
        return
    console = import_module("rich.console").Console(stderr=True)
    with console.status(visible(what)):
        yield


def visible(text: str) -> str:
    r"""Make control characters visible, so that a terminal does not obey them.

    >>> visible("\x1b[31mred")
    '\\x1b[31mred'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _is_terminal(stream: TextIO | None) -> bool:
    return stream is not None and stream.isatty()


def _write(text: str | bytes, stream: TextIO) -> None:
    data = text.encode("utf-8", "backslashreplace") if isinstance(text, str) else text
    stream.buffer.write(data)
    stream.buffer.flush()


def _print(line: str) -> None:
    if sys.stderr is not None:
        print(line, file=sys.stderr)


def _position(diagnostic: Problem) -> tuple[str, int, int]:
    span = diagnostic.span
    return (diagnostic.file, 0, 0) if span is None else (diagnostic.file, span.line, span.column)
