"""`archspec build`: source code from a spec."""

import click

from archspec.cli.failures import Exit, failing
from archspec.cli.input_output import STDOUT, build_network, deliver, open_spec
from archspec.cli.output_options import takes_color, takes_diagnostics
from archspec.cli.spec_options import takes_settings
from archspec.cli.terminal import notify
from archspec.emit import CannotEmit, VerificationError, to_torch_source
from archspec.emit import verify as verify_network
from archspec.pipeline import Settings


@click.command("build")
@click.argument("spec")
@click.option("--to", "target", type=click.Choice(("torch",)), default="torch", show_default=True)
@click.option("-o", "--output", default=STDOUT, help="The file to write.  [default: stdout]")
@click.option(
    "--verify", is_flag=True, help="Build and run it first, and compare values; needs torch."
)
@takes_settings
@takes_diagnostics
@takes_color
def command(spec: str, target: str, output: str, verify: bool, settings: Settings) -> int:
    """Write PyTorch source that builds the network.

    With --verify nothing is written unless the module, built and run with random weights, gives
    what the graph gives that is computed operation by operation, in evaluation and in training.
    """
    opened = open_spec(spec, settings)
    network = build_network(opened)
    with failing(CannotEmit, "emit", Exit.SPEC):
        source = to_torch_source(network)
    if verify:
        with failing(VerificationError, "verify", Exit.SPEC):
            notify(verify_network(network).report())
    deliver(source.encode("utf-8"), output, *opened.inputs)
    return Exit.GOOD
