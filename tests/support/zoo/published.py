"""What torchvision 0.28.0 publishes of its classifiers: a row for each set of weights."""

import csv
from collections.abc import Mapping
from typing import Any, NamedTuple

import archspec
from support.paths import DATA

FOLDER = DATA / "torchvision"


class Published(NamedTuple):
    """Figures of one set of weights: sides are in pixels, `gmacs` 1e9 MACs at `side`."""

    model: str
    weights: str
    parameters: int
    gmacs: float
    side: int
    smallest: int

    @classmethod
    def read(cls, row: Mapping[str, str]) -> "Published":
        """Read a row of the table."""
        smallest = int(row["min_size"].partition("x")[0])
        figures = int(row["params"]), float(row["gmacs"]), int(row["crop_size"])
        return cls(row["model"], row["weights"], *figures, smallest)


def rows() -> tuple[Published, ...]:
    """Read the whole table."""
    with (FOLDER / "published.csv").open(encoding="utf-8", newline="") as file:
        return tuple(map(Published.read, csv.DictReader(file)))


ROWS = rows()
NAMES = tuple(dict.fromkeys(row.model for row in ROWS))
"""The builders: each has a network of its name among the shipped specs."""

SIDES = {name: min(row.side for row in ROWS if row.model == name) for name in NAMES}
"""The side of the images that weights of a model are for: the smallest of several."""

COUNTED = {"googlenet": "googlenet_without_aux"}
"""The variant whose parameters are published, where it is another one."""


def ours(name: str, side: int | None = None, **parameters: Any) -> archspec.Architecture:
    """Load a network for images of a side: a vision transformer has weights for their places."""
    if side is None:
        return archspec.load(name, **parameters)
    if name.startswith("vit"):
        return archspec.load(name, image_size=side, **parameters)
    return archspec.load(name, input=(3, side, side), **parameters)
