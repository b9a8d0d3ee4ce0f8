"""`archspec list`: the shipped specs and their variants."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

import click

from archspec.analysis import Count, count
from archspec.analysis.summary import amount_text, shapes_text
from archspec.analysis.warnings import same_network
from archspec.cli.failures import Exit
from archspec.cli.input_output import build_network, open_spec
from archspec.cli.output_options import takes_color
from archspec.cli.tables import grid
from archspec.cli.terminal import progress, visible, write_result
from archspec.graph import Network
from archspec.pipeline import Settings
from archspec.source.library import Shipped, families, shipped

HEADINGS = ("network", "parameters", "MACs", "depth", "input")


@click.command("list")
@click.argument("names", metavar="[NAME]...", nargs=-1)
@takes_color
def command(names: tuple[str, ...]) -> int:
    """List the shipped specs with parameters, MACs and depth.

    Variants stand below their spec; one that is the spec's own network stands beside its name. With
    the NAME of a spec, a variant or what either begins with, only such families: `archspec list
    resnet`. Each name is a SPEC for the other commands.
    """
    specs = families(names) if names else shipped()
    number = sum(1 + len(spec.variants) for spec in specs)
    write_result(table(progress(entries(specs), "counting", number)))
    return Exit.GOOD


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


def table(entries: Iterable[Entry]) -> str:
    """Write a line for each network, those of variants below that of their spec."""
    return "\n".join(grid(map(cells, entries), HEADINGS, ("network", "input"))) + "\n"


def cells(entry: Entry) -> tuple[str, ...]:
    """Write what stands in the line of a network; the figures are of one sample."""
    totals = entry.counted.totals
    inputs = shapes_text(entry.counted.named_inputs.items())
    figures = f"{totals.parameters:,}", amount_text(totals.macs), f"{entry.counted.depth:,}"
    names = " = ".join(map(visible, (entry.name, *entry.same)))
    return "  " * entry.is_variant + names, *figures, visible(inputs)


def _network(spec: Shipped, variant: str | None = None) -> Network:
    return build_network(open_spec(str(spec.path), Settings(variant=variant)))
