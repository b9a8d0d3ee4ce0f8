"""`archspec fix`: make the changes that are certain, after they were shown."""

import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import click

from archspec.cli.failures import Exit, code_of
from archspec.cli.input_output import STDIN, Opened, open_spec
from archspec.cli.output_options import takes_color, takes_diagnostics
from archspec.cli.spec_options import takes_operations
from archspec.cli.terminal import notify, paint, report_diagnostics, visible, write_result
from archspec.fix import Mended, mend
from archspec.pipeline import Settings
from archspec.source import Limits
from archspec.source.files import FileError, read_file, write_file

_PAINT = {"+": "32", "-": "31", "@": "36"}


@click.command("fix")
@click.argument("spec")
@click.option("--yes", "-y", is_flag=True, help="Write without asking.")
@click.option("--diff", is_flag=True, help="Show the changes, and write nothing.")
@takes_operations
@takes_diagnostics
@takes_color
def command(spec: str, yes: bool, diff: bool) -> int:
    """Mend what is certain in a file.

    That is misspelt names, truth values and missing projections. The changes are shown first, as a
    diff on stdout; comments and layout stay. The exit code is that of `validate` for what the file
    holds afterwards.
    """
    if spec == STDIN:
        raise click.UsageError(f"`fix` changes a file, and `{STDIN}` is none")
    opened = open_spec(spec, Settings())
    path = _writable(spec, opened)
    text = read_file(path, Limits().bytes + 1).decode("utf-8-sig")
    mended = mend(text, opened.source.name, opened.source.folder)
    if mended.changes == 0:
        notify(f"{visible(opened.title)}: nothing in it is certain to be mended")
        return _left(mended)
    write_result("".join(_diff(text, mended.text, opened.source.name)))
    if diff or not (yes or _agreed(mended)):
        notify("nothing was written")
        return Exit.GOOD if diff else Exit.SPEC
    write_file(path, mended.text.encode())
    notify(f"wrote {visible(opened.title)}: {_counted(mended.changes)}")
    return _left(mended)


def _writable(spec: str, opened: Opened) -> Path:
    """Refuse what is no file of the user's own."""
    assert opened.path is not None  # only stdin has none
    if opened.path.is_absolute() and not Path(spec).is_absolute():
        raise FileError(opened.source.name, "is shipped with archspec, and stays as it is")
    return opened.path


def _agreed(mended: Mended) -> bool:
    """Ask, where somebody can answer."""
    if not sys.stdin.isatty():
        notify("say `--yes` to have it written")
        return False
    return click.confirm(f"make {_counted(mended.changes)}?", err=True)


def _left(mended: Mended) -> int:
    """Report what is still wrong."""
    report_diagnostics(mended.outcome.diagnostics)
    return code_of(mended.outcome.diagnostics) if mended.outcome.failed else Exit.GOOD


def _diff(before: str, after: str, name: str) -> Iterator[str]:
    """Show two texts as a diff, in colour on a terminal."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    for line in unified_diff(old, new, name, name):
        shown = visible(line.rstrip("\n"))
        code = _PAINT.get(line[0])
        yield f"{paint(shown, code, sys.stdout) if code else shown}\n"


def _counted(changes: int) -> str:
    return "1 change" if changes == 1 else f"{changes} changes"
