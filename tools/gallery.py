"""Write docs/zoo.md, which shows every shipped network with a drawing; `make gallery` runs it."""

import sys
from collections.abc import Iterator
from itertools import groupby
from pathlib import Path

from rich.progress import track

import archspec
from archspec.cli.commands.list import HEADINGS, Entry, cells, entries
from archspec.source import read
from archspec.source.library import Shipped, shipped

DOCS = Path(__file__).parents[1] / "docs"
PAGE = DOCS / "zoo.md"
PICTURES = DOCS / "zoo"

_BEGIN = """\
# The zoo

The specs that come with archspec, as `archspec list` shows them. Each name is a SPEC for all
commands: `archspec build regnet_y_8gf`, `archspec draw unet`. MACs are multiply-accumulates of one
sample in evaluation, depth is the number of weighted layers on the longest path. `make gallery`
writes this page and its drawings.
"""


def main() -> int:
    """Draw each network by its stages, and write the page."""
    PICTURES.mkdir(exist_ok=True)
    for spec in track(shipped(), "drawing"):
        archspec.load(str(spec.path)).draw(PICTURES / f"{spec.name}.svg")
    PAGE.write_text(page(), encoding="utf-8")
    return 0


def page() -> str:
    """Write the page: a section for each spec."""
    specs = shipped()
    found = groupby(entries(specs), key=lambda entry: entry.spec)
    return "\n".join([_BEGIN, *(section(spec, list(group)) for spec, group in found)])


def section(spec: Shipped, found: list[Entry]) -> str:
    """Write what is said of a spec and its variants."""
    return "\n".join([*_section(spec, found), ""])


def _section(spec: Shipped, found: list[Entry]) -> Iterator[str]:
    data = read(spec.path.read_bytes(), spec.path.name).data
    assert isinstance(data, dict)
    yield f"## {data['name']}\n"
    yield f"[`{spec.path.name}`](../specs/{spec.path.name}): {data['description']}"
    yield f"[{data['reference']}]({data['reference']})\n" if "reference" in data else ""
    yield f"| {' | '.join(HEADINGS)} |"
    yield "|---|--:|--:|--:|---|"
    for entry in found:
        name, *figures = cells(entry)
        names = name.strip().replace(" = ", "` = `")
        yield f"| `{names}` | {' | '.join(figures)} |"
    yield f"\n![{data['name']} by stages](zoo/{spec.name}.svg)"


if __name__ == "__main__":
    sys.exit(main())
