"""`archspec new`: a spec of one's own to start from, with comments and counted figures."""

import sys
from pathlib import Path
from shlex import quote

import click

from archspec.cli.exits import Exit
from archspec.cli.manner import takes_color
from archspec.cli.new_questions import (
    BLOCK,
    CLASSES,
    SHAPE,
    STAGES,
    WIDTH,
    Shape,
    Stages,
    fitting,
    stages_of,
)
from archspec.cli.new_spec import Wish, network_name, new_spec
from archspec.cli.output import STDOUT, deliver
from archspec.cli.terminal import tell
from archspec.files import FileError, require_folder

SUFFIXES = (".yaml", ".yml")


@click.command("new")
@click.argument("name", metavar="NAME.yaml")
@SHAPE.option
@CLASSES.option
@STAGES.option
@WIDTH.option
@BLOCK.option
@click.option("--yes", "-y", is_flag=True, help="Take the defaults without asking.")
@click.option("--force", is_flag=True, help="Replace a file that is there.")
@takes_color
def command(
    name: str,
    input: Shape | None,
    classes: int | None,
    stages: Stages | None,
    width: int | None,
    block: str | None,
    yes: bool,
    force: bool,
) -> int:
    """Write a spec of your own to start from.

    It takes a picture and gives scores of classes. What no option says is asked on a terminal, and
    has its default elsewhere. A capital is a free size: --input 3xHxW. The network is called after
    the file: my_net.yaml holds MyNet. A `-` writes to stdout, and asks nothing.
    """
    _require_free(name, force)
    asks = _asks(name, yes)
    shape = SHAPE.answer(input, asks=asks)
    wish = Wish(
        shape=shape,
        classes=CLASSES.answer(classes, asks=asks),
        depths=fitting(stages_of(shape).answer(stages, asks=asks), shape),
        width=WIDTH.answer(width, asks=asks),
        block=BLOCK.answer(block, asks=asks),
    )
    deliver(new_spec(wish, _network(name)).encode(), name)
    if name != STDOUT:
        tell(f"next: `archspec validate {quote(name)}`, then `count`, `draw` and `build`")
    return Exit.GOOD


def _require_free(name: str, force: bool) -> None:
    """Refuse a name by which no spec is called, and a file that is there."""
    path = Path(name)
    if name == STDOUT:
        return
    if path.suffix not in SUFFIXES:
        raise click.UsageError(f"`{name}` does not end in .yaml; did you mean `{name}.yaml`?")
    require_folder(path)
    if path.is_file() and not force:
        raise FileError(name, "is there already; `--force` replaces it")


def _asks(name: str, yes: bool) -> bool:
    """Ask where somebody can answer."""
    return not yes and name != STDOUT and sys.stdin is not None and sys.stdin.isatty()


def _network(name: str) -> str:
    return "MyNet" if name == STDOUT else network_name(Path(name).stem)
