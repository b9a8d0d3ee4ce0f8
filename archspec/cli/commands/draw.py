"""`archspec draw`: a picture of a network."""

from pathlib import Path

import click

from archspec.cli.failures import Exit, failing
from archspec.cli.input_output import build_network, default_output, deliver, is_stdout, open_spec
from archspec.cli.output_options import takes_color, takes_diagnostics
from archspec.cli.spec_options import takes_settings
from archspec.draw import FORMATS, LEVELS, DrawingError, draw
from archspec.pipeline import Settings
from archspec.source.files import is_stream


@click.command("draw")
@click.argument("spec")
@click.option("-o", "--output", help="The file to write, - for stdout.  [default: NAME.svg here]")
@click.option(
    "--level",
    type=click.Choice(LEVELS),
    default="stage",
    show_default=True,
    help="How much is shown.",
)
@click.option(
    "--format",
    type=click.Choice(FORMATS),
    help="What is written.  [default: as the output's suffix says, else svg]",
)
@takes_settings
@takes_diagnostics
@takes_color
def command(
    spec: str, output: str | None, level: str, format: str | None, settings: Settings
) -> int:
    """Draw a spec: SVG, PNG, PDF, DOT or Mermaid.

    A spec that comes from stdin is drawn to stdout, unless -o says otherwise.
    """
    format = format or _format_of(output)
    opened = open_spec(spec, settings)
    network = build_network(opened)
    with failing(DrawingError, "draw", Exit.FILES):
        picture = draw(network, format, level)
    deliver(picture, output or default_output(opened, format), *opened.inputs)
    return Exit.GOOD


def _format_of(output: str | None) -> str:
    if output is None or is_stdout(output) or is_stream(Path(output)):
        return "svg"
    suffix = Path(output).suffix.lower().removeprefix(".")
    if suffix in FORMATS:
        return suffix
    names = ", ".join(FORMATS)
    raise click.UsageError(f"the suffix of `{output}` names no format of {names}; say `--format`")
