"""The shipped networks as a table for people."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from archspec.analysis import Count, count
from archspec.analysis.wording import shapes_text
from archspec.cli.count_table import amount_text
from archspec.cli.specs import build_network, open_spec
from archspec.cli.tables import grid
from archspec.cli.terminal import visible
from archspec.graph import Network
from archspec.library import Shipped
from archspec.lint import same_network
from archspec.pipeline import Settings

HEADINGS = ("network", "parameters", "MACs", "depth", "input")


class Entry(NamedTuple):
    """A network of a shipped spec: the spec itself, or a variant of it, and its count.

    `same` are the variants that are the spec's own network by another name.
    """

    spec: Shipped
    name: str
    counted: Count
    is_variant: bool
    same: tuple[str, ...] = ()


def entries(specs: Iterable[Shipped]) -> Iterator[Entry]:
    """Count each spec, then its variants that are other networks."""
    for spec in specs:
        own = _network(spec)
        variants = {name: _network(spec, name) for name in spec.variants}
        same = tuple(name for name, other in variants.items() if same_network(own, other))
        yield Entry(spec, spec.name, count(own), False, same)
        for name, other in variants.items():
            if name not in same:
                yield Entry(spec, name, count(other), True)


def table(found: Iterable[Entry]) -> str:
    """Write a line for each network, those of variants below that of their spec."""
    return "\n".join(grid(map(cells, found), HEADINGS, ("network", "input"))) + "\n"


def cells(entry: Entry) -> tuple[str, ...]:
    """Write what stands in the line of a network; the figures are of one sample."""
    totals = entry.counted.totals
    inputs = shapes_text(entry.counted.named_inputs.items())
    figures = f"{totals.parameters:,}", amount_text(totals.macs), f"{entry.counted.depth:,}"
    names = " = ".join(map(visible, (entry.name, *entry.same)))
    return "  " * entry.is_variant + names, *figures, visible(inputs)


def _network(spec: Shipped, variant: str | None = None) -> Network:
    return build_network(open_spec(str(spec.path), Settings(variant=variant)))
