"""`archspec schema`: the JSON Schema of the language, for editors."""

import click

from archspec.cli.failures import Exit
from archspec.cli.input_output import STDOUT, deliver
from archspec.cli.output_options import takes_color
from archspec.cli.spec_options import takes_operations
from archspec.document import operation_match
from archspec.document.schema import language_schema, operation_schema, written
from archspec.operations import is_operation, names


@click.command("schema")
@click.option("-o", "--output", default=STDOUT, help="The file to write.  [default: - for stdout]")
@click.option("--op", metavar="NAME", help="Only a layer that is this operation.")
@takes_operations
@takes_color
def command(output: str, op: str | None) -> int:
    """Print the JSON Schema of the language, for editors.

    With it they complete and check a spec while it is written. The shipped specs name it in their
    first line as a file beside them; for a copy of one write that file: archspec schema -o
    archspec.schema.json
    """
    text = written(language_schema() if op is None else _of_operation(op))
    deliver(text.encode("utf-8"), output)
    return Exit.GOOD


def _of_operation(name: str) -> dict[str, object]:
    if not is_operation(name):
        hint = operation_match(name, names())
        raise click.UsageError(f"there is no operation `{name}`" + (f"; {hint}" if hint else ""))
    return operation_schema(name)
