"""The shipped networks as a table for people."""

import io
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from rich import box
from rich.console import Console
from rich.table import Table
from rich.text import Text

from archspec.analysis import Count, count
from archspec.analysis.wording import shapes_text
from archspec.cli.count_table import amount_text
from archspec.cli.specs import build_network, open_spec
from archspec.cli.terminal import visible
from archspec.library import Shipped
from archspec.pipeline import Settings

HEADINGS = ("network", "parameters", "MACs", "depth", "input")
_WORDS = ("network", "input")


class Entry(NamedTuple):
    """A network of a shipped spec: the spec itself, or a variant of it, and its count."""

    spec: Shipped
    name: str
    counted: Count
    is_variant: bool


def entries(specs: Iterable[Shipped]) -> Iterator[Entry]:
    """Count each spec, then its variants."""
    for spec in specs:
        for variant in (None, *spec.variants):
            network = build_network(open_spec(str(spec.path), Settings(variant=variant)))
            yield Entry(spec, variant or spec.name, count(network), variant is not None)


def table(found: Iterable[Entry]) -> str:
    """Write a line for each network, those of variants below that of their spec."""
    grid = Table(box=box.SIMPLE_HEAD, show_edge=False, pad_edge=False)
    for heading in HEADINGS:
        side = "left" if heading in _WORDS else "right"
        grid.add_column(heading, justify=side, no_wrap=True)  # type: ignore[arg-type]  # a literal
    for entry in found:
        grid.add_row(*map(Text, cells(entry)))
    buffer = io.StringIO()
    Console(file=buffer, width=10_000, color_system=None, _environ={}).print(grid)
    return "\n".join(line.rstrip() for line in buffer.getvalue().splitlines()) + "\n"


def cells(entry: Entry) -> tuple[str, ...]:
    """Write what stands in the line of a network; the figures are of one sample."""
    totals = entry.counted.totals
    inputs = shapes_text(entry.counted.named_inputs.items())
    figures = f"{totals.parameters:,}", amount_text(totals.macs), f"{entry.counted.depth:,}"
    return "  " * entry.is_variant + visible(entry.name), *figures, visible(inputs)
