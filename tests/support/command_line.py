"""What options of a command line mean."""

from collections.abc import Sequence

import click

from archspec.cli.spec_options import takes_settings
from archspec.pipeline import Settings


def settings_of(options: Sequence[str]) -> Settings:
    """Read options as the commands do.

    >>> settings_of(["--set", "planes=8"]).parameters
    {'planes': 8}
    """
    read: list[Settings] = []

    @click.command()
    @takes_settings
    def command(settings: Settings) -> int:
        read.append(settings)
        return 0

    command.main(list(options), standalone_mode=False)
    return read[0]
