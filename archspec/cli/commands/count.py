"""`archspec count`: parameters and multiply-accumulates by layer, block and stage."""

import click

from archspec.analysis import count
from archspec.cli.count import FORMATS, LEVELS, present
from archspec.cli.manner import takes_color, takes_diagnostics
from archspec.cli.settings import takes_settings
from archspec.cli.specs import build_network, open_spec
from archspec.cli.terminal import write_result
from archspec.pipeline import Settings


@click.command("count")
@click.argument("spec")
@click.option("--format", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--level", type=click.Choice(LEVELS), default="block", show_default=True)
@takes_settings
@takes_diagnostics
@takes_color
def command(spec: str, format: str, level: str, settings: Settings) -> int:
    """Count parameters, multiply-accumulates (MACs) and activations."""
    network = build_network(open_spec(spec, settings))
    write_result(present(count(network), format, level))
    return 0
