"""`archspec validate`: one line of facts for a good spec, every mistake at its line for another."""

import click

from archspec.analysis import facts
from archspec.cli.exits import Exit
from archspec.cli.report import report
from archspec.cli.settings import takes_settings
from archspec.cli.specs import Opened, built, open_spec
from archspec.cli.terminal import visible, write_result
from archspec.diagnostics import SpecError
from archspec.files import FileError
from archspec.library import SpecNotFound
from archspec.pipeline import Settings, check


@click.command("validate")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@takes_settings
def command(specs: tuple[str, ...], settings: Settings) -> int:
    """Check specs, their variants, and the claims that they make.

    A good spec gives one line of facts, and one for each thing that it requires of the free sizes
    of its input; for another every mistake is told at its line. Of
    several specs all are checked, and the first that fails decides the exit code.
    """
    codes = [_validate(name, settings) for name in specs]
    return next((code for code in codes if code != Exit.GOOD), Exit.GOOD)


def _validate(name: str, settings: Settings) -> int:
    try:
        opened = open_spec(name, settings)
        network, requirements = built(opened, check)
    except (SpecError, FileError, SpecNotFound) as error:
        return report(error)
    line = f"{visible(opened.title)}: ok, {facts(network)}{_claims(opened)}\n"
    write_result(line + "".join(f"  requires {visible(text)}\n" for text in requirements))
    return Exit.GOOD


def _claims(opened: Opened) -> str:
    """Say which claims were checked, where that is not plain."""
    if opened.settings.suspends_claims:
        return "; its claims are for other settings and were not checked"
    variants = _variants(opened) if opened.settings.variant is None else 0
    if not variants:
        return ""
    return f"; {variants} {'variant' if variants == 1 else 'variants'} ok"


def _variants(opened: Opened) -> int:
    data = opened.source.data
    variants = data.get("variants") if isinstance(data, dict) else None
    return len(variants) if isinstance(variants, dict) else 0
