"""Results go to stdout as bytes, messages to stderr as text."""

import os
import sys
from importlib import import_module

from archspec.diagnostics import Diagnostic
from archspec.files import FileError


def write_result(result: str | bytes) -> None:
    """Write a result to stdout, in UTF-8 whatever the locale is, and see that it arrives."""
    data = result.encode("utf-8", "backslashreplace") if isinstance(result, str) else result
    if sys.stdout is None:  # as after `>&-` in a shell
        raise FileError("<stdout>", "is closed")
    sys.stdout.buffer.write(data)
    sys.stdout.buffer.flush()


def abandon_stdout() -> None:
    """Let what could not be written go, else the interpreter tries again when it ends."""
    nothing = os.open(os.devnull, os.O_WRONLY)
    os.dup2(nothing, sys.stdout.fileno())
    os.close(nothing)


def tell(message: str) -> None:
    """Write one line to stderr; characters that would steer the terminal are made visible."""
    if sys.stderr is not None:
        print(visible(message), file=sys.stderr)


def tell_failure(kind: str, message: str, help: str | None = None) -> None:
    """Write `error[kind]: message` to stderr, and what helps below it."""
    tell(f"error[{kind}]: {message}")
    if help is not None:
        tell(f"  = help: {help}")


def tell_diagnostics(diagnostics: tuple[Diagnostic, ...]) -> None:
    """Write what was found in a spec to stderr, if anything was."""
    if diagnostics and sys.stderr is not None:
        # A good spec needs nothing rendered, and `validate` starts the sooner.
        render = import_module("archspec.diagnostics.render")
        text: str = render.render_text(diagnostics, color=_wants_color())
        print(text.rstrip("\n"), file=sys.stderr)


def visible(text: str) -> str:
    r"""Make control characters visible, so that a terminal does not obey them.

    >>> visible("\x1b[31mred")
    '\\x1b[31mred'
    """
    return "".join(c if c.isprintable() else c.encode("unicode_escape").decode() for c in text)


def _wants_color() -> bool:
    plain = os.environ.get("NO_COLOR") or os.environ.get("TERM") == "dumb"
    return sys.stderr.isatty() and not plain
