"""A network in any format that a file's suffix can name.

Pictures are laid out from DOT text by the program `dot`, or by Graphviz' library in a process of
its own.
"""

import shutil
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

from archspec.draw.dot import to_dot
from archspec.draw.mermaid import to_mermaid
from archspec.graph import Network

PICTURES = ("svg", "png", "pdf")
FORMATS = (*PICTURES, "dot", "gv", "mmd")

_SECONDS = 60.0
_LAYOUT = Path(__file__).with_name("graphviz_process.py")
_RESOLUTION = "-Gdpi=200"
"""Pixels per inch, with which a picture may be printed; the process of ours has the same."""


class DrawingError(Exception):
    """A picture that cannot be made: nothing is there to lay it out, or it failed or was slow."""


def render(dot: str, format: str, seconds: float = _SECONDS) -> bytes:
    """Lay out DOT text and give the bytes of a picture: `svg`, `png` or `pdf`.

    Raises `DrawingError` without Graphviz, and where it fails or takes longer than `seconds`.
    """
    if format not in PICTURES:
        raise DrawingError(f"there is no picture format `{format}`, only {', '.join(PICTURES)}")
    command = _command(format)
    try:
        done = subprocess.run(command, input=dot.encode(), capture_output=True, timeout=seconds)
    except subprocess.TimeoutExpired:
        raise DrawingError(f"Graphviz took longer than {seconds:g} seconds") from None
    except OSError as error:
        raise DrawingError(f"Graphviz does not start: {error.strerror}") from error
    if done.returncode or not done.stdout:
        raise DrawingError(f"Graphviz failed{_reason(done.stderr)}")
    return done.stdout


def _command(format: str) -> list[str]:
    program = shutil.which("dot")
    if program is not None:
        return [program, f"-T{format}", *([_RESOLUTION] if format == "png" else [])]
    if find_spec("pygraphviz") is not None:
        # -P, or the modules beside the file would stand before installed ones of the same name
        return [sys.executable, "-P", str(_LAYOUT), format]
    raise DrawingError(
        "a picture needs Graphviz: install the extra with `pip install archspec-nn[draw]`, or "
        "the program `dot`; the formats `dot` and `mmd` need neither"
    )


def _reason(stderr: bytes) -> str:
    lines = stderr.decode(errors="replace").split("\n")
    errors = [line.strip() for line in lines if line.strip() and "Fontconfig" not in line]
    return f": {errors[-1]}" if errors else ""


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
