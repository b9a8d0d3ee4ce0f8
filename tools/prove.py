"""Hold every operation against PyTorch, in a million random configurations; `make prove` runs it.

It prints a table, and fails where PyTorch disagrees, where too few cases are accepted to prove
anything, and where a rule of what we are stricter in is never the reason. With `--freeze` it
writes the configurations that are tested without PyTorch, together with its answers.
"""

import argparse
import re
from collections.abc import Iterator
from multiprocessing import get_context

from rich.console import Console
from rich.progress import track
from rich.table import Table
from support.operations.contract import NAMES, cases, examined
from support.operations.figures import Figures
from support.operations.fitting import STRICTER
from support.operations.freezing import freeze
from support.operations.stricter import Rule

from archspec.operations import having

WIDTH = 120

PART = 500
"""How many cases are examined at a time."""


def main() -> int:
    """Examine as many cases as asked for; the status is 1 if anything is to be mended."""
    options = arguments()
    if options.freeze:
        print(freeze(options.cases or 20_000))
        return 0
    names = list(chosen(options.only)) if options.only else NAMES
    found = proved(names, options.cases or 1_000_000, options.seed, options.processes)
    Console(width=WIDTH).print(table(found))
    lacking = [f"{each.name}: {text}" for each in found for text in each.shortcomings()]
    lacking += [] if options.only or options.cases else idle(found)
    print(*lacking, sep="\n")
    return 1 if lacking else 0


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--cases", type=int, help="over all operations; a million unless told")
    parser.add_argument(
        "--only", action="append", metavar="NAME", help="this operation, or argument, only"
    )
    parser.add_argument("--seed", default="proof")
    parser.add_argument("--processes", type=int, default=2)
    parser.add_argument("--freeze", action="store_true", help="write the frozen configurations")
    return parser.parse_args()


def chosen(words: list[str]) -> dict[str, None]:
    """Name the operations that are meant: those themselves, or those that have an argument."""
    return dict.fromkeys(
        name for word in words for name in ((word,) if word in NAMES else having(word))
    )


def proved(names: list[str], number: int, seed: str, processes: int) -> list[Figures]:
    """Examine the cases of each operation, in parts, and add up what was seen."""
    each = -(-number // len(names))
    parts = -(-each // PART)
    jobs = [(name, -(-each // parts), f"{seed}{part}") for part in range(parts) for name in names]
    seen = {name: Figures(name) for name in names}
    with get_context("spawn").Pool(processes, maxtasksperchild=500) as pool:
        done = pool.imap_unordered(part, jobs)
        for figures in track(done, "proving", total=len(jobs)):
            seen[figures.name] += figures
    return list(seen.values())


def part(job: tuple[str, int, str]) -> Figures:
    """Examine some cases of an operation."""
    name, number, seed = job
    figures = Figures(name)
    for case in cases(name, number, seed):
        figures.count(examined(case))
    return figures


def table(found: list[Figures]) -> Table:
    """Show what was seen of each operation, and in all."""
    shown = Table("operation", title="every operation against PyTorch", box=None)
    for title in ("cases", "runs", "accepted", "emitted", "by symbols", "wrong"):
        shown.add_column(title, justify="right")
    shown.add_column("seldomest away from its default")
    for figures in found:
        shown.add_row(*row(figures))
    shown.add_row(*row(sum(found, Figures("all"))))
    return shown


def row(figures: Figures) -> Iterator[str]:
    """Write the row of an operation."""
    yield figures.name
    yield f"{figures.cases:,}"
    yield f"{figures.runs / figures.cases:.0%}"
    yield f"{figures.accepted / figures.cases:.0%}"
    yield f"{figures.emitted:,}"
    yield f"{figures.symbolic:,}"
    yield f"{figures.differing:,}"
    yield "{} {:,}".format(*figures.least) if figures.name in NAMES and figures.away else ""


def idle(found: list[Figures]) -> Iterator[str]:
    """Name the rules, and the refusals that they are said to explain, that were never seen."""
    seen = {(kind(each.name), reason) for each in found for _, reason in each.rules}
    rules = {rule for each in found for rule, _ in each.rules}
    yield from (f"the rule {rule.name} is never the reason" for rule in Rule if rule not in rules)
    for name, reason in {(kind(name), reason) for name, reason in STRICTER} - seen:
        yield f"{name}: PyTorch runs nothing that we refuse for {reason}"


def kind(name: str) -> str:
    """Name an operation without its number of dimensions: a refusal is the same in all of them."""
    return re.sub(r"\dd$", "", name)


if __name__ == "__main__":
    raise SystemExit(main())
