"""`archspec validate`: one line of facts for a good spec, every mistake at its line for another."""

from collections.abc import Callable
from functools import partial
from typing import TypeVar

import click

from archspec.analysis import facts
from archspec.cli.exits import Exit
from archspec.cli.manner import manner, takes_color, takes_format
from archspec.cli.report import report
from archspec.cli.settings import takes_settings
from archspec.cli.specs import STDIN, Opened, Step, built, is_spec, open_spec
from archspec.cli.terminal import visible, write_result
from archspec.cli.watch import watch as watch_files
from archspec.diagnostics import SpecError
from archspec.files import FileError
from archspec.library import SpecNotFound
from archspec.pipeline import Settings, check

Command = TypeVar("Command", bound=Callable[..., object])


def _flag(name: str, help: str) -> Callable[[Command], Command]:
    return click.option(name, is_flag=True, help=help)


@click.command("validate")
@click.argument("specs", metavar="SPEC...", nargs=-1, required=True)
@_flag("--only-specs", "Leave files alone that have no key `archspec`: other YAML, in a hook.")
@_flag("--watch", "Check again whenever a spec or a file that it names changes, until Ctrl-C.")
@_flag("--strict", "Take warnings for errors.")
@takes_settings
@takes_format
@takes_color
def command(
    specs: tuple[str, ...], only_specs: bool, watch: bool, strict: bool, settings: Settings
) -> int:
    """Check specs, their variants, and the claims that they make.

    A good spec gives one line of facts, and one for each thing that it requires of the free sizes
    of its input; for another every mistake is told at its line. Of
    several specs all are checked, and the first that fails decides the exit code. A comment
    `# archspec: allow SLUG` keeps a warning of its line quiet.
    """
    step = partial(check, strict=strict)
    once = partial(_validate_all, specs, only_specs, settings, step)
    return _watch(specs, once) if watch else once()


def _validate_all(specs: tuple[str, ...], only_specs: bool, settings: Settings, step: Step) -> int:
    wanted = (name for name in specs if not only_specs or is_spec(name))
    codes = [_validate(name, settings, step) for name in wanted]
    return next((code for code in codes if code != Exit.GOOD), Exit.GOOD)


def _watch(specs: tuple[str, ...], once: Callable[[], int]) -> int:
    if STDIN in specs:
        raise click.UsageError("`--watch` takes files, and stdin is none")
    if manner().collects:
        raise click.UsageError("`--watch` never ends, and a document would: leave out `--format`")
    watch_files(specs, once)


def _validate(name: str, settings: Settings, step: Step) -> int:
    try:
        opened = open_spec(name, settings)
        network, requirements = built(opened, step)
    except (SpecError, FileError, SpecNotFound) as error:
        return report(error)
    if not manner().collects:
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
