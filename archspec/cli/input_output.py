"""What commands read and write: specs by their names, and results to files or stdout."""

import re
import sys
from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

import click

from archspec.cli.terminal import notify, report_diagnostics, write_result
from archspec.diagnostics import SpecError
from archspec.graph import Network
from archspec.pipeline import Outcome, Settings, compile
from archspec.source import Limits, Source, read
from archspec.source.files import FileError, read_file, reason_of, write_file
from archspec.source.library import find

STDIN = STDOUT = "-"

Step = Callable[[Source, Settings], Outcome]
"""What makes an outcome of the text of a spec: `compile`, or `check`."""

_SPEC = re.compile(
    rb"""^(?:\xef\xbb\xbf)?(?:---\s+)?(?:\{\s*)?["']?archspec["']?\s*:""", re.MULTILINE
)


@dataclass(frozen=True, eq=False)
class Opened:
    """A spec that was read: its text, its file if it has one, and the settings to build it with."""

    source: Source
    path: Path | None
    settings: Settings

    @property
    def title(self) -> str:
        """How messages call it: `resnet.yaml`, or `resnet.yaml (resnet101)` of a variant."""
        variant = self.settings.variant
        return self.source.name if variant is None else f"{self.source.name} ({variant})"

    @property
    def inputs(self) -> tuple[Path, ...]:
        """The files that must not be overwritten."""
        return () if self.path is None else (self.path,)


def open_spec(name: str, settings: Settings) -> Opened:
    """Read a spec by the name of a file, of a shipped spec or of its variant; `-` is stdin."""
    if name == STDIN:
        return Opened(read(_read_stdin(), "<stdin>", folder=Path()), None, settings)
    spec = find(name)
    settings = _with_variant(settings, spec.variant)
    text = read_file(spec.path, Limits().bytes + 1)
    return Opened(read(text, spec.name, folder=spec.path.parent), spec.path, settings)


def is_spec(name: str) -> bool:
    """Say whether a file has a line that begins with the key `archspec`, as every spec does.

    If it is no file or cannot be read, this is true, and whoever opens it reports that.
    """
    if name == STDIN or not Path(name).is_file():
        return True
    try:
        return _SPEC.search(read_file(Path(name), Limits().bytes)) is not None
    except FileError:
        return True


def build_network(opened: Opened) -> Network:
    """Compile a spec; warnings and claims that fail are reported, errors raised as `SpecError`."""
    return built(opened, compile)[0]


def built(opened: Opened, step: Step) -> tuple[Network, tuple[str, ...]]:
    """Do the same by another step, and give what the network requires of its free sizes, too."""
    outcome = step(opened.source, opened.settings)
    if outcome.network is None:
        raise SpecError(outcome.diagnostics)
    report_diagnostics(outcome.diagnostics)
    return outcome.network, outcome.requirements


def _read_stdin() -> bytes:
    if sys.stdin is None:  # as after `<&-` in a shell
        raise FileError("<stdin>", "is closed")
    try:
        return sys.stdin.buffer.read(Limits().bytes + 1)
    except OSError as error:
        raise FileError("<stdin>", reason_of(error)) from error


def _with_variant(settings: Settings, variant: str | None) -> Settings:
    if variant is None or settings.variant == variant:
        return settings
    if settings.variant is not None:
        raise click.UsageError(f"`{variant}` is a variant itself, and takes no `--variant`")
    return replace(settings, variant=variant)


def is_stdout(output: str) -> bool:
    """Say whether an output is stdout, by whatever name: it is written to, and not replaced."""
    return output in (STDOUT, "/dev/stdout", "/dev/fd/1")


def deliver(data: bytes, output: str, *inputs: Path) -> None:
    """Write to a file, replaced at once and never one of the inputs, or to stdout."""
    if is_stdout(output):
        write_result(data)
        return
    write_file(Path(output), data, inputs)
    notify(f"wrote {output}")


def default_output(opened: Opened, format: str) -> str:
    """Name a file in the current folder after the spec or its variant; stdout if it was stdin."""
    if opened.path is None:
        return STDOUT
    return f"{file_name(opened.settings.variant or Path(opened.source.name).stem)}.{format}"


def file_name(stem: str) -> str:
    """Make a name of a variant fit for a file in the current folder.

    >>> file_name("../resnet 50")
    '_resnet_50'
    """
    return re.sub(r"[^\w.-]+", "_", stem).lstrip(".") or "spec"
