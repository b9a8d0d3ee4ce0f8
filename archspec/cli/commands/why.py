"""`archspec why`: where each dimension of a layer comes from, with the lines that say so."""

import click

from archspec.analysis.why import Line, NoSuchLayer, why
from archspec.cli.failures import Exit, Failure
from archspec.cli.input_output import Opened, build_network, open_spec
from archspec.cli.output_options import takes_color, takes_diagnostics
from archspec.cli.spec_options import takes_settings
from archspec.cli.terminal import visible, write_result
from archspec.diagnostics import close_names
from archspec.document import assemble
from archspec.pipeline import Settings


@click.command("why")
@click.argument("spec")
@click.argument("layer")
@takes_settings
@takes_diagnostics
@takes_color
def command(spec: str, layer: str, settings: Settings) -> int:
    """Tell where each dimension of a layer comes from.

    The layer is named as in the `state_dict`: archspec why resnet50 layer3.0.conv2. Each size is
    followed back to the input or to the arguments that decide it; layers that leave it as it is are
    passed over.
    """
    opened = open_spec(spec, settings)
    network = build_network(opened)
    try:
        lines = why(network, layer)
    except NoSuchLayer as error:
        raise Failure(str(error), "usage", Exit.USAGE, _help(error)) from error
    write_result(_text(lines, opened))
    return Exit.GOOD


def _help(error: NoSuchLayer) -> str | None:
    similar = close_names(error.path, error.candidates)
    if similar:
        return f"did you mean `{similar[0]}`?"
    if not error.candidates:
        return None
    few = ", ".join(f"`{name}`" for name in error.candidates[:12])
    return f"there are {few}" + (", …" if len(error.candidates) > 12 else "")


def _text(lines: list[Line], opened: Opened) -> str:
    """Set the lines of the spec to the left of what they say."""
    line_of = assemble(opened.source).texts.line
    places = ["" if line.place is None else line_of(line.place) for line in lines]
    width = max(map(len, places))
    rows = zip(places, lines, strict=True)
    texts = (f"{place:>{width}}  {'  ' * line.depth}{visible(line.text)}" for place, line in rows)
    return "".join(f"{text.rstrip()}\n" for text in texts)
