"""What is drawn: a spec with its files, and values for its parameters."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from support.random_specs.operations import Layer
from support.random_specs.text import yaml


@dataclass(frozen=True, slots=True)
class RandomSpec:
    """A spec, and values for its parameters that are laid over it one after another.

    `files` are those that the spec names, by their names.
    """

    seed: int
    data: Layer
    overrides: tuple[dict[str, object], ...]
    files: Mapping[str, Layer] = field(default_factory=dict)

    @property
    def text(self) -> str:
        """The spec as YAML."""
        return yaml(self.data) + "\n"

    @property
    def told(self) -> str:
        """The spec with all its files, as a person may read it."""
        further = (f"# {name}\n{yaml(data)}\n" for name, data in self.files.items())
        return self.text + "".join(further)

    def write(self, folder: Path) -> None:
        """Write the files that the spec names into a folder."""
        for name, data in self.files.items():
            (folder / name).write_text(yaml(data) + "\n")
