"""A network in any format that a file's suffix can name."""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from archspec.draw.dot import to_dot
from archspec.draw.mermaid import to_mermaid
from archspec.graph import Network

# Pictures from DOT text, by the program `dot` or by Graphviz' library in a child process.

PICTURES = ("svg", "png", "pdf")

_SECONDS = 60.0
_LAYOUT = Path(__file__).with_name("layout.py")
_RESOLUTION = {"png": ["-Gdpi=200"]}
"""Pixels per inch, so that a picture may be printed."""


class DrawingError(Exception):
    """A picture that cannot be made: nothing is there to lay it out, or it failed or was slow."""


def render(dot: str, format: str, seconds: float = _SECONDS) -> bytes:
    """Lay out DOT text and give the bytes of a picture: `svg`, `png` or `pdf`.

    Raises `DrawingError` without Graphviz, and where it fails or takes longer than `seconds`.
    """
    if format not in PICTURES:
        raise DrawingError(f"there is no picture format `{format}`, only {', '.join(PICTURES)}")
    command = _program(format) or _library(format)
    if command is None:
        raise DrawingError(
            "a picture needs Graphviz: install the extra with `pip install archspec-nn[draw]`, or "
            "the program `dot`; the formats `dot` and `mmd` need neither"
        )
    return _picture(command, dot, seconds)


def _program(format: str) -> list[str] | None:
    found = shutil.which("dot")
    return [found, f"-T{format}", *_RESOLUTION.get(format, [])] if found else None


def _library(format: str) -> list[str] | None:
    if find_spec("pygraphviz") is None:
        return None
    # -P, or the modules beside the file would stand before installed ones of the same name
    return [sys.executable, "-P", str(_LAYOUT), format]


def _picture(command: list[str], dot: str, seconds: float) -> bytes:
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise DrawingError(f"Graphviz took longer than {seconds:g} seconds") from None
    except OSError as error:
        raise DrawingError(f"Graphviz does not start: {error.strerror}") from error
    if done.returncode or not done.stdout:
        raise DrawingError(f"Graphviz failed{_reason(done.stderr)}")
    return done.stdout


def _reason(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").split("\n")
    told = [line.strip() for line in lines if line.strip() and "Fontconfig" not in line]
    return f": {told[-1]}" if told else ""


FORMATS = (*PICTURES, "dot", "gv", "mmd")


def draw(network: Network, format: str, level: str = "stage") -> bytes:
    """Draw a network as `svg`, `png`, `pdf`, `dot`, `gv` (the same) or `mmd` (Mermaid).

    Raises `DrawingError` for any other format, and where a picture cannot be made.
    """
    if format not in FORMATS:
        raise DrawingError(f"there is no format `{format}`, only {', '.join(FORMATS)}")
    if format == "mmd":
        return to_mermaid(network, level).encode()
    dot = to_dot(network, level)
    return render(dot, format) if format in PICTURES else dot.encode()
