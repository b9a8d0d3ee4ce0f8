"""A network in any format that a file's suffix can name."""

from archspec.draw.dot import to_dot
from archspec.draw.mermaid import to_mermaid
from archspec.draw.render import PICTURES, DrawingError, render
from archspec.graph import Network

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
