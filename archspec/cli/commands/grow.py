"""`archspec grow`: the weights of a deeper or wider network that starts as a trained one."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from math import ceil, log10
from pathlib import Path

import click

from archspec.cli.failures import Exit, failing
from archspec.cli.input_output import build_network, default_output, deliver, open_spec
from archspec.cli.output_options import takes_color, takes_diagnostics
from archspec.cli.spec_options import takes_settings_of
from archspec.cli.terminal import notify, working
from archspec.emit import CannotEmit
from archspec.pipeline import Settings
from archspec.weights import CannotGrow, Grown, grow
from archspec.weights.state_files import NoWeights, check_prefix, read_weights, weights_as_bytes


@click.command("grow")
@click.argument("shallow_spec", metavar="SHALLOW")
@click.argument("deep_spec", metavar="DEEP")
@click.option("--weights", required=True, type=click.Path(path_type=Path), help="What it learned.")
@click.option("--entry", default="", help="The entry of a checkpoint that is its weights.")
@click.option("--prefix", default="", help="What all its names begin with, as module., left out.")
@click.option("-o", "--output", help="The file to write.  [default: DEEP's name, .pth]")
@click.option(
    "--seed",
    type=click.IntRange(0, 2**63 - 1),
    default=0,
    show_default=True,
    help="Of what is drawn for new layers.",
)
@takes_settings_of("shallow", "deep")
@takes_diagnostics
@takes_color
def command(
    shallow_spec: str,
    deep_spec: str,
    weights: Path,
    entry: str,
    prefix: str,
    output: str | None,
    seed: int,
    shallow: Settings,
    deep: Settings,
) -> int:
    """Grow a trained network into a deeper or wider one.

    It makes weights of a DEEP network that gives what a SHALLOW one has learned to give. Layers are
    found by name and by stage. New blocks begin as the identity: the weights by which their branch
    ends are 0. Channels may become more: they are copied, and whoever sums over copies divides its
    weights among them. Both networks are then run, in evaluation and in training, and nothing is
    written unless their results are equal within 1e-5 of the largest.

    Files of weights hold a state_dict, and nothing but tensors is read from them. Files that end
    with .safetensors are such.
    """
    small, large = open_spec(shallow_spec, shallow), open_spec(deep_spec, deep)
    networks = build_network(small), build_network(large)
    output = output or default_output(large, "pth")
    with failing(NoWeights, "file", Exit.FILES):
        learned = read_weights(weights, entry, prefix)
    with failing(CannotGrow, "grow", Exit.SPEC), failing(CannotEmit, "emit", Exit.SPEC):
        check_prefix(weights, learned, networks[0])
        with working(f"growing {small.title} into {large.title}"):
            grown = grow(*networks, learned, seed)
    data = weights_as_bytes(grown.state, output)
    deliver(data, output, weights, *small.inputs, *large.inputs)
    for line in _report(grown):
        notify(line)
    return Exit.GOOD


def _report(grown: Grown) -> Iterator[str]:
    """Say what became of the weights, and how equal the results are."""
    yield f"copied {grown.copied} tensors, widened {grown.widened}"
    if grown.added:
        yield f"new, and the identity at first: {', '.join(_ranges(grown.added))}"
    evaluation, training = map(_bound, (grown.differences.evaluation, grown.differences.training))
    yield f"checked: the results are equal {evaluation} in evaluation, and {training} in training"


def _ranges(paths: Iterable[str]) -> Iterator[str]:
    """Write repetitions that follow each other as one range.

    >>> list(_ranges(["layer1.3", "layer1.4", "layer1.5", "layer2.2", "head"]))
    ['layer1.3…5', 'layer2.2', 'head']
    """
    for _, run in groupby(enumerate(paths), key=_place):
        first, *rest = [path for _, path in run]
        yield f"{first}…{rest[-1].rpartition('.')[2]}" if rest else first


def _place(numbered: tuple[int, str]) -> tuple[str, object]:
    """Give what is the same for repetitions that follow each other."""
    index, path = numbered
    prefix, _, last = path.rpartition(".")
    return (prefix, int(last) - index) if last.isdigit() else (path, None)


def _bound(difference: float) -> str:
    """Round a relative difference up to a power of ten.

    >>> _bound(3.2e-8), _bound(0)
    ('within 1e-07', 'to the bit')
    """
    if difference == 0:
        return "to the bit"
    return f"within {10.0 ** ceil(log10(difference)):.0e}"
