"""`archspec ops`: the operations that a spec may name, and what is known of each."""

import sys
from functools import partial

import click

from archspec.analysis.reference import argument_page, overview, page
from archspec.cli.failures import Exit, Failure
from archspec.cli.output_options import takes_color
from archspec.cli.spec_options import takes_operations
from archspec.cli.terminal import page_width, paint, write_result
from archspec.document import operation_match
from archspec.operations import having, is_operation, load, names


@click.command("ops")
@click.argument("name", required=False)
@takes_operations
@takes_color
def command(name: str | None) -> int:
    """Tell of an operation, or list all of them.

    Of conv2d, say, it tells the arguments, shapes, weights and MACs, with an example; of an
    argument, weight_norm for one, what it says. Operations of one's own are classes in a file of
    Python that `--ops` names, here and in every command that reads specs; other packages add some
    by the entry point group `archspec.operations`.
    """
    width, bold = page_width(), partial(paint, code="1", stream=sys.stdout)
    if name is None:
        write_result(overview(map(load, sorted(names())), width, bold))
        return Exit.GOOD
    if not is_operation(name) and having(name):
        write_result(argument_page(name, list(map(load, having(name))), width, bold))
        return Exit.GOOD
    if not is_operation(name):
        help = operation_match(name, names()) or "`archspec ops` lists them all"
        raise Failure(f"there is no operation `{name}`", "usage", Exit.USAGE, help)
    write_result(page(load(name), width, bold))
    return Exit.GOOD
