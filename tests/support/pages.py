"""Pages whose blocks are executed: files that they show, commands with their output, Python.

A block is a file if its first line is its name behind `#`: `# network.yaml`. A block of `console`
holds commands behind `$`, each with what a terminal shows; one of `python` that names no file is
run in the same process, one after another. Other blocks are for reading.
"""

import os
import re
import shlex
import subprocess
import sys
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import NamedTuple

COLUMNS = "100"
PROGRAMS = {"archspec": (sys.executable, "-m", "archspec"), "python": (sys.executable,)}

FENCE = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_FILE = re.compile(r"# ([\w./-]+\.(?:yaml|py))\n")
_COMMAND = re.compile(r"^\$ (.*)$", re.MULTILINE)


class Block(NamedTuple):
    """A fenced block; `file` is the name of the file that it shows, if it shows one."""

    language: str
    body: str
    file: str | None

    @property
    def commands(self) -> list[str]:
        """The command lines of a `console` block."""
        return _COMMAND.findall(self.body)


def blocks(page: str) -> list[Block]:
    """Give the fenced blocks of a page in their order."""
    return [block_of(fence) for fence in FENCE.finditer(page)]


def block_of(fence: re.Match[str]) -> Block:
    """Read one fenced block."""
    language, body = fence[1], fence[2]
    named = _FILE.match(body) if language in ("yaml", "python") else None
    return Block(language, body, named[1] if named else None)


def shown(command: str, environment: Mapping[str, str] | None = None) -> str:
    """Run a command line of a page in the current folder, and give what a terminal shows."""
    program, *arguments = shlex.split(command)
    found = subprocess.run(
        [*PROGRAMS[program], *arguments],
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={**os.environ, "COLUMNS": COLUMNS, "MPLBACKEND": "Agg", **(environment or {})},
        check=False,
    )
    return found.stdout.decode()


def followed(page: str, show: Callable[[str], str] = shown) -> str:
    """Follow a page in the current folder, and give it with what its commands show now.

    A file that it shows is written; if it is there already, the page must show all or a part of it.
    """
    names: dict[str, object] = {"__name__": "page"}

    def follow(fence: re.Match[str]) -> str:
        block = block_of(fence)
        if block.file is not None:
            lay(block)
        elif block.language == "python":
            exec(block.body, names)  # of our own page
        elif block.language == "console":
            return f"```console\n{executed(block, show)}```"
        return fence[0]

    return FENCE.sub(follow, page)


def lay(block: Block) -> None:
    """Write the file that a block shows, or see that it holds what the block says."""
    assert block.file is not None
    path = Path(block.file)
    if path.exists():
        assert _without_name(block.body) in path.read_text("utf-8"), f"{path} says otherwise"
    else:
        path.write_text(block.body, encoding="utf-8")


def executed(block: Block, show: Callable[[str], str] = shown) -> str:
    """Give a `console` block with what its commands show now."""
    assert block.commands, "a block of commands has none"
    return "\n".join(f"$ {command}\n{show(command)}" for command in block.commands)


def _without_name(body: str) -> str:
    return _FILE.sub("", body, count=1).strip("\n")
