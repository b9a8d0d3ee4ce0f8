"""`archspec fix`: make the changes that are certain, after they were shown."""

import sys
from collections.abc import Iterator
from difflib import unified_diff
from pathlib import Path

import click

from archspec.cli.exits import Exit, code_of
from archspec.cli.manner import takes_color, takes_diagnostics
from archspec.cli.settings import takes_operations
from archspec.cli.specs import STDIN, Opened, open_spec
from archspec.cli.terminal import report_diagnostics, tell, visible, wants_color, write_result
from archspec.fix.mend import Mended, mend
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
    found = mend(text, opened.source.name, opened.source.folder)
    if found.changes == 0:
        tell(f"{visible(opened.title)}: nothing in it is certain to be mended")
        return _left(found)
    write_result("".join(_diff(text, found.text, opened.source.name)))
    if diff or not (yes or _agreed(found)):
        tell("nothing was written")
        return Exit.GOOD if diff else Exit.SPEC
    write_file(path, found.text.encode())
    tell(f"wrote {visible(opened.title)}: {_counted(found.changes)}")
    return _left(found)


def _writable(spec: str, opened: Opened) -> Path:
    """Refuse what is no file of the user's own."""
    assert opened.path is not None  # only stdin has none
    if opened.path.is_absolute() and not Path(spec).is_absolute():
        raise FileError(opened.source.name, "is shipped with archspec, and stays as it is")
    return opened.path


def _agreed(found: Mended) -> bool:
    """Ask, where somebody can answer."""
    if not sys.stdin.isatty():
        tell("say `--yes` to have it written")
        return False
    return click.confirm(f"make {_counted(found.changes)}?", err=True)


def _left(found: Mended) -> int:
    """Tell what is still wrong."""
    report_diagnostics(found.outcome.diagnostics)
    return code_of(found.outcome.diagnostics) if found.outcome.failed else Exit.GOOD


def _diff(before: str, after: str, name: str) -> Iterator[str]:
    """Show two texts as a diff, in colour on a terminal."""
    old, new = (text.splitlines(keepends=True) for text in (before, after))
    color = wants_color(sys.stdout)
    for line in unified_diff(old, new, name, name):
        shown = visible(line.rstrip("\n"))
        code = _PAINT.get(line[0]) if color else None
        yield f"\x1b[{code}m{shown}\x1b[0m\n" if code else f"{shown}\n"


def _counted(changes: int) -> str:
    return "1 change" if changes == 1 else f"{changes} changes"
