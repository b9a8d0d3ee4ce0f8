"""`archspec list`: the shipped specs and their variants."""

import click

from archspec.cli.manner import takes_color
from archspec.cli.terminal import progress, write_result
from archspec.cli.zoo_table import entries, table
from archspec.library import shipped


@click.command("list")
@takes_color
def command() -> int:
    """List the shipped specs with parameters, MACs and depth.

    Variants stand below their spec. Each name is a SPEC for the other commands.
    """
    specs = shipped()
    number = sum(1 + len(spec.variants) for spec in specs)
    write_result(table(progress(entries(specs), "counting", number)))
    return 0
