"""The shipped networks as a table for people."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archspec.analysis import Count, count
from archspec.analysis.wording import shapes_text
from archspec.cli.count_table import amount_text
from archspec.cli.specs import build_network, open_spec
from archspec.cli.tables import grid
from archspec.cli.terminal import visible
from archspec.library import Shipped
from archspec.pipeline import Settings

HEADINGS = ("network", "parameters", "MACs", "depth", "input")


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
    return "\n".join(grid(map(cells, found), HEADINGS, ("network", "input"))) + "\n"


def cells(entry: Entry) -> tuple[str, ...]:
    """Write what stands in the line of a network; the figures are of one sample."""
    totals = entry.counted.totals
    inputs = shapes_text(entry.counted.named_inputs.items())
    figures = f"{totals.parameters:,}", amount_text(totals.macs), f"{entry.counted.depth:,}"
    return "  " * entry.is_variant + visible(entry.name), *figures, visible(inputs)
