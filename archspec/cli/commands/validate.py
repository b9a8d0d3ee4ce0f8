"""`archspec validate`: one line of facts for a good spec, every mistake at its line for another."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from functools import partial
from pathlib import Path
from typing import NoReturn

import click

from archspec.analysis import facts
from archspec.cli.failures import Exit, report_exception
from archspec.cli.input_output import STDIN, Opened, Step, built, is_spec, open_spec
from archspec.cli.output_options import reporting, takes_color, takes_format
from archspec.cli.spec_options import takes_settings
from archspec.cli.terminal import notify, visible, write_result
from archspec.diagnostics import SpecError
from archspec.pipeline import Settings, check
from archspec.source import Limits
from archspec.source.files import FileError, read_file
from archspec.source.library import SpecNotFound, find

MOST_FILES = 64
"""The most files that are watched."""

_sleep = partial(time.sleep, 0.2)
"""Waits between two looks."""

_PATIENCE = 10
"""How many looks a file may be away, or go on changing, before the work is done without it."""

_NAMED = re.compile(r"""\b(?:extends|spec)["']?\s*:\s*["']?([^"'#,}\]\n]+)""")
"""A file that a spec names; found in the text, because a spec may not be readable just now."""

State = Mapping[Path, tuple[int, ...] | None]
"""When each file was written, its size and its number; `None` where there is none."""


_flag = partial(click.option, is_flag=True)


@click.command("validate")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@_flag("--only-specs", help="Leave files alone that have no key `archspec`: other YAML, in a hook.")
@_flag("--watch", help="Check again whenever a spec or a file that it names changes, until Ctrl-C.")
@_flag("--strict", help="Take warnings for errors.")
@takes_settings
@takes_format
@takes_color
def command(
    specs: tuple[str, ...], only_specs: bool, watch: bool, strict: bool, settings: Settings
) -> int:
    """Check specs, their variants, and the claims that they make.

    A good spec gives one line of facts, and one for each thing that it requires of the free sizes
    of its input; for another every mistake is told at its line. Of
    several specs all are checked, and the first that fails decides the exit code. A comment
    `# archspec: allow SLUG` keeps a warning of its line quiet.
    """
    step = partial(check, strict=strict)
    once = partial(_validate_all, specs, only_specs, settings, step)
    return _watch(specs, once) if watch else once()


def _validate_all(specs: tuple[str, ...], only_specs: bool, settings: Settings, step: Step) -> int:
    names = (name for name in specs if not only_specs or is_spec(name))
    codes = [_validate(name, settings, step) for name in names]
    return next((code for code in codes if code != Exit.GOOD), Exit.GOOD)


def _watch(specs: tuple[str, ...], once: Callable[[], int]) -> int:
    if STDIN in specs:
        raise click.UsageError("`--watch` takes files, and stdin is none")
    if reporting().collects:
        raise click.UsageError("`--watch` never ends, and a document would: leave out `--format`")
    watch(specs, once)


def _validate(name: str, settings: Settings, step: Step) -> int:
    try:
        opened = open_spec(name, settings)
        network, requirements = built(opened, step)
    except (SpecError, FileError, SpecNotFound) as error:
        return report_exception(error)
    if not reporting().collects:
        line = f"{visible(opened.title)}: ok, {facts(network)}{_claims(opened)}\n"
        write_result(line + "".join(f"  requires {visible(text)}\n" for text in requirements))
    return Exit.GOOD


def _claims(opened: Opened) -> str:
    """Say which claims were checked, where that is not plain."""
    if opened.settings.suspends_claims:
        return "; its claims are for other settings and were not checked"
    variants = _variants(opened) if opened.settings.variant is None else 0
    if not variants:
        return ""
    return f"; {variants} {'variant' if variants == 1 else 'variants'} ok"


def _variants(opened: Opened) -> int:
    data = opened.source.data
    variants = data.get("variants") if isinstance(data, dict) else None
    return len(variants) if isinstance(variants, dict) else 0


def watch(
    specs: Iterable[str],
    work: Callable[[], object],
    pause: Callable[[], object] = _sleep,
) -> NoReturn:
    """Work, then wait for a change and work again, until an interrupt; `pause` is between looks."""
    roots = [path for name in specs for path in _files_of(name)]
    while True:
        before = _look(followed(roots))
        notify(time.strftime("%H:%M:%S"))
        work()
        _wait(before, pause)


def followed(roots: Iterable[Path]) -> tuple[Path, ...]:
    """List the files, and those that they name, each beside the one that names it.

    What is only the name of a shipped spec is listed too: a file of that name would go before it.
    """
    files = dict.fromkeys(roots)
    waiting = list(files)
    while waiting and len(files) < MOST_FILES:
        new = [path for path in _named_in(waiting.pop()) if path not in files]
        files |= dict.fromkeys(new)
        waiting += new
    return tuple(files)


def _files_of(name: str) -> tuple[Path, ...]:
    """Give the file that has a name, and the one that goes before it once it is there."""
    try:
        return Path(name), find(name).path
    except SpecNotFound:
        return (Path(name),)


def _named_in(path: Path) -> Iterator[Path]:
    try:
        text = read_file(path, Limits().bytes).decode(errors="replace")
    except (FileError, ValueError):  # the latter for a name that holds a NUL
        return
    for name in _NAMED.findall(text):
        yield path.parent / name.strip()


def _look(paths: Iterable[Path]) -> State:
    return {path: _stat(path) for path in paths}


def _stat(path: Path) -> tuple[int, ...] | None:
    try:
        status = os.stat(path)
    except (OSError, ValueError):
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _wait(before: State, pause: Callable[[], object]) -> None:
    """Return when something has changed, and an editor is done with replacing it."""
    now = before
    while now == before:
        pause()
        now = _look(before)
    for _ in range(_PATIENCE):
        pause()
        earlier, now = now, _look(before)
        if now == earlier and not _is_gone(before, now):
            return


def _is_gone(before: State, now: State) -> bool:
    return any(now[path] is None for path, state in before.items() if state is not None)
