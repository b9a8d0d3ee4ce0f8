"""Are deeper networks better? Train plain and residual networks, and state what came out.

What is finished is kept under `results/`, a file for each network, so that an interrupted run goes
on where it was. `--plot` makes the table and the figure of what is kept.
"""

import argparse
import sys
from collections.abc import Iterator
from functools import partial
from itertools import product
from multiprocessing import get_context
from pathlib import Path
from signal import SIG_IGN, SIGINT, signal
from time import perf_counter
from typing import NamedTuple

import torch
from data import load
from kept import Run, keep, machine, read
from learn import Settings, learn
from rich.console import Console
from rich.progress import Progress
from told import draw, report

KINDS = ("plain", "residual", "projection")
DEPTHS = (8, 20, 32, 56)
FULL = Settings("digits", epochs=50, rate=0.02, batch=64, width=16)
SMALL = Settings("digits", epochs=2, rate=0.02, batch=64, width=4)
CIFAR = Settings("CIFAR-10", epochs=160, rate=0.1, batch=128, width=16)
SEEDS, PROCESSES = 5, 2


class Plan(NamedTuple):
    """What is trained, with what, and where the results go."""

    runs: list[Run]
    settings: Settings
    results: Path
    cifar: Path | None
    device: str


def main() -> None:
    """Train what is missing, unless only the results are wanted, and show them."""
    options = arguments()
    plan = planned(options)
    if not options.plot:
        train(plan)
    found = read(plan.results)
    report(found)
    draw(found, Path(plan.results.name.replace("results", "deeper")).with_suffix(".png"))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="two small networks, two epochs")
    parser.add_argument("--plot", action="store_true", help="train nothing, show what is kept")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how often each is trained")
    parser.add_argument("--results", type=Path, help="where results are kept")
    parser.add_argument("--cifar", type=Path, metavar="FOLDER", help="cifar-10-batches-bin")
    parser.add_argument("--device", default="cpu", help="where torch computes: cpu, cuda")
    return parser.parse_args()


def planned(options: argparse.Namespace) -> Plan:
    """Tell what the options ask for."""
    depths = DEPTHS[:2] if options.small else DEPTHS
    seeds = 1 if options.small else options.seeds
    runs = [Run(*run) for run in product(range(seeds), reversed(depths), KINDS)]
    name, settings = "results", FULL
    if options.cifar:
        name, settings = "results-cifar", CIFAR
    elif options.small:
        name, settings = "results-small", SMALL
    results = options.results or Path(name)
    return Plan(runs, settings, results, options.cifar, options.device)


def train(plan: Plan) -> None:
    """Train what is not kept yet; an interrupt loses only what is not finished."""
    plan.results.mkdir(parents=True, exist_ok=True)
    missing = [run for run in plan.runs if not run.file(plan.results).exists()]
    if not missing:
        return
    machine(plan.results, plan.settings)
    try:
        for _ in watched(finished(plan, missing), len(plan.runs), len(plan.runs) - len(missing)):
            pass
    except KeyboardInterrupt:
        kept = sum(run.file(plan.results).exists() for run in plan.runs)
        sys.exit(f"{kept} of {len(plan.runs)} networks are kept; the same command goes on")


def finished(plan: Plan, missing: list[Run]) -> Iterator[None]:
    """Train networks side by side, the deepest first, and tell of each when it is done."""
    with get_context("spawn").Pool(PROCESSES, undisturbed) as pool:
        yield from pool.imap_unordered(partial(trained, plan=plan), missing)


def undisturbed() -> None:
    """Leave Ctrl-C to the process that the user has started."""
    signal(SIGINT, SIG_IGN)


def trained(run: Run, plan: Plan) -> None:
    """Train one network on one core, and keep its errors."""
    torch.set_num_threads(1)
    begun = perf_counter()
    pictures = load(plan.cifar, plan.device)
    errors = list(learn(run.variant, run.seed, plan.settings, pictures))
    keep(run, plan.results, errors, perf_counter() - begun)


def watched(items: Iterator[None], total: int, done: int) -> Iterator[None]:
    """Show on a terminal how many networks are trained."""
    console = Console(stderr=True)
    with Progress(console=console, disable=not console.is_terminal, transient=True) as progress:
        task = progress.add_task("training", total=total, completed=done)
        for item in items:
            progress.advance(task)
            yield item


if __name__ == "__main__":
    main()
