"""`archspec list`: the shipped specs and their variants."""

import click

from archspec.cli.exits import Exit
from archspec.cli.manner import takes_color
from archspec.cli.terminal import progress, write_result
from archspec.cli.zoo_table import entries, table
from archspec.library import families, shipped


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
