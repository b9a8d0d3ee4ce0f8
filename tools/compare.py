"""Hold all eighty classifiers of torchvision against the shipped specs; `make test-zoo` runs it.

Keys, shapes and order; weights loaded both ways; the bits that come out in training, over three
seeds, and in evaluation, of images as large as the weights are for; first weights, over three
seeds; and which images are too small. Then families that are scaled, at values that no table has.
It prints a table, and fails where anything differs. With `--freeze` it writes the digests of
torchvision's keys, which the tests without PyTorch compare.
"""

import argparse
import csv
import gc
import time
from collections.abc import Iterator
from functools import partial
from typing import NamedTuple

import torch
from rich.console import Console
from rich.progress import track
from rich.table import Table
from support.zoo.comparing import differences, unlike
from support.zoo.keys import FILE, digest, frozen, promised
from support.zoo.published import NAMES, ROWS, SIDES, ours
from support.zoo.scaled import FAMILIES
from support.zoo.smallest import disagreeing, runs
from support.zoo.theirs import DRAWN, at_side, blank, shapes, theirs

WIDTH = 120
SEEDS = (0, 1, 2)
BATCH = 2
SIDES_TRIED = range(1, 41)


class Compared(NamedTuple):
    """What was seen of one network; `smallest` is the least side that torchvision's runs with."""

    name: str
    parameters: int
    wrong: tuple[str, ...]
    published: int
    smallest: int
    seconds: float


def main() -> int:
    """Compare the networks asked for; the status is 1 if one differs."""
    options = arguments()
    if options.freeze:
        freeze()
        return 0
    console = Console(width=WIDTH)
    names = options.only or NAMES
    found = []
    for name in track(names, "comparing", console=console):
        found.append(compared(name))
        console.print(f"{name}: {len(found[-1].wrong)} differences, {found[-1].seconds:.0f} s")
    console.print(table(found))
    wrong = [f"{item.name}: {text}" for item in found for text in item.wrong]
    wrong += [] if options.only else list(scaled())
    print(
        *wrong, f"{len(found) - len({item.name for item in found if item.wrong})} equal", sep="\n"
    )
    return 1 if wrong else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", action="append", metavar="NAME", help="these networks only")
    parser.add_argument("--freeze", action="store_true", help="write the digests of the keys")
    return parser.parse_args()


def freeze() -> None:
    """Write the digest of each of torchvision's lists of keys."""
    with FILE.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["model", "entries", "digest"])
        for name in track(NAMES, "freezing"):
            found = shapes(blank(name))
            writer.writerow([name, len(found), digest(found)])


def compared(name: str) -> Compared:
    """Compare one network in all."""
    start = time.monotonic()
    published = next(row.smallest for row in ROWS if row.model == name)
    smallest, small = too_small(name, published)
    wrong = (*keys(name), *small, *drawn(name))
    gc.collect()
    parameters = ours(name).count().totals.parameters
    return Compared(name, parameters, wrong, published, smallest, time.monotonic() - start)


def keys(name: str) -> Iterator[str]:
    """Hold the keys, and that those are the frozen ones."""
    found = shapes(blank(name))
    if found != promised(name):
        yield "other keys, shapes or order"
    if digest(found) != frozen()[name]:
        yield "torchvision's keys are not the frozen ones"


def too_small(name: str, published: int) -> tuple[int, tuple[str, ...]]:
    """Find the smallest image that torchvision takes, and hold that we take and refuse the same."""
    model = blank(name, **at_side(name, published))
    sides = sorted({*SIDES_TRIED, published - 1, published})
    wrong = disagreeing(name, model, published, sides)
    least = next(side for side in range(1, published + 1) if runs(model, side))
    return least, tuple(f"the verdict on an image of {side} pixels" for side in wrong)


def drawn(name: str) -> Iterator[str]:
    """Compare networks that are drawn with each seed, and what the last ones do."""
    side = SIDES[name]
    build = partial(theirs, name, **DRAWN.get(name, {}), **at_side(name, side))
    network = ours(name, side)
    for seed in SEEDS:
        torch.manual_seed(seed)
        first, second = build(), network.to_torch()
        yield from (f"first weights of {key}, seed {seed}" for key in unlike(first, second))
    yield from differences(first, second, torch.randn(BATCH, 3, side, side), SEEDS)


def scaled() -> Iterator[str]:
    """Name the values that no table has at which a family is another network."""
    for family in FAMILIES:
        for values in family.values():
            if family.ours(values) != family.theirs(values):
                yield f"{family.spec} at {values}: other keys or shapes"


def table(found: list[Compared]) -> Table:
    """Show what was seen of each network."""
    shown = Table("network", title="torchvision's classifiers", box=None)
    for title in ("parameters", "smallest image, published", "measured", "differences", "seconds"):
        shown.add_column(title, justify="right")
    for item in found:
        sides = str(item.published), str(item.smallest)
        shown.add_row(
            *(item.name, f"{item.parameters:,}", *sides, str(len(item.wrong))),
            f"{item.seconds:.0f}",
        )
    return shown


if __name__ == "__main__":
    raise SystemExit(main())
