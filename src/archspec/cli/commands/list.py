"""`archspec list`: the shipped specs and their variants."""

import textwrap

import click

from archspec.cli.manner import takes_color
from archspec.cli.terminal import visible, write_result
from archspec.library import Shipped, shipped


@click.command("list")
@takes_color
def command() -> int:
    """List the shipped specs and their variants.

    Each name is a SPEC for the other commands.
    """
    specs = shipped()
    width = max((len(spec.name) for spec in specs), default=0)
    write_result("".join(_line(spec, width) for spec in specs))
    return 0


def _line(spec: Shipped, width: int) -> str:
    variants = visible(" ".join(spec.variants))
    margin = f"{spec.name:<{width}}  "
    lines = textwrap.wrap(variants, 100, initial_indent=margin, subsequent_indent=" " * len(margin))
    return "\n".join(lines or [spec.name]) + "\n"
