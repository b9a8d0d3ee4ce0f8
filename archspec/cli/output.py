"""Where a command puts what it makes: a file, or stdout for `-`."""

import re
from pathlib import Path

from archspec.cli.specs import Opened
from archspec.cli.terminal import tell, write_result
from archspec.files import write_file

STDOUT = "-"

_STDOUT_TOO = ("/dev/stdout", "/dev/fd/1")


def is_stdout(output: str) -> bool:
    """Say whether an output is stdout, by whatever name: what is there already is not replaced."""
    return output == STDOUT or output in _STDOUT_TOO


def deliver(data: bytes, output: str, *inputs: Path) -> None:
    """Write to a file, replaced at once and never one of the inputs, or to stdout."""
    if is_stdout(output):
        write_result(data)
        return
    write_file(Path(output), data, inputs)
    tell(f"wrote {output}")


def default_output(opened: Opened, format: str) -> str:
    """Name a file in the current folder after the spec or its variant; stdout if it was stdin."""
    if opened.path is None:
        return STDOUT
    return f"{file_name(opened.stem)}.{format}"


def file_name(stem: str) -> str:
    """Make a name of a variant fit for a file in the current folder.

    >>> file_name("../resnet 50")
    '_resnet_50'
    """
    return re.sub(r"[^\w.-]+", "_", stem).lstrip(".") or "spec"
