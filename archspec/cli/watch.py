"""Do something again whenever specs change, or files that they name."""

import os
import re
import time
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import NoReturn

from archspec.cli.terminal import tell
from archspec.files import FileError, read_file
from archspec.library import SpecNotFound, find
from archspec.source import Limits

MOST_FILES = 64
SECONDS = 0.2
"""How long to sleep between two looks."""

_PATIENCE = 10
"""How many looks a file may be away, or go on changing, before the work is done without it."""

_NAMED = re.compile(r"""\b(?:extends|spec)["']?\s*:\s*["']?([^"'#,}\]\n]+)""")
"""A file that a spec names; found in the text, because a spec may not be readable just now."""

State = Mapping[Path, tuple[int, ...] | None]
"""When each file was written, its size and its number; `None` where there is none."""


def _sleep() -> None:
    time.sleep(SECONDS)


def watch(
    specs: Iterable[str],
    work: Callable[[], object],
    pause: Callable[[], object] = _sleep,
) -> NoReturn:
    """Work, then wait for a change and work again, until an interrupt; `pause` is between looks."""
    roots = [path for name in specs for path in _files_of(name)]
    while True:
        before = _look(followed(roots))
        tell(time.strftime("%H:%M:%S"))
        work()
        _wait(before, pause)


def followed(roots: Iterable[Path]) -> tuple[Path, ...]:
    """List the files, and those that they name, each beside the one that names it.

    What is only the name of a shipped spec is listed too: a file of that name would go before it.
    """
    found = dict.fromkeys(roots)
    waiting = list(found)
    while waiting and len(found) < MOST_FILES:
        new = [path for path in _named_in(waiting.pop()) if path not in found]
        found |= dict.fromkeys(new)
        waiting += new
    return tuple(found)


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
    return {path: _state(path) for path in paths}


def _state(path: Path) -> tuple[int, ...] | None:
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
