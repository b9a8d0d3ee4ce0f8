"""Are deeper networks better? Train plain and residual networks, and state what came out.

What is finished is kept under `results/`, a file for each network, so that an interrupted run goes
on where it was. `--plot` makes the table and the figure of what is kept.
"""

import argparse
import sys
from collections.abc import Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from itertools import product
from multiprocessing import get_context
from pathlib import Path
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
FULL = Settings(epochs=50, rate=0.02, batch=64, width=16)
SMALL = Settings(epochs=2, rate=0.02, batch=64, width=4)
SEEDS, PROCESSES = 5, 2


class Plan(NamedTuple):
    """What is trained, with what, and where the results go."""

    runs: list[Run]
    settings: Settings
    results: Path
    cifar: Path | None


def main() -> None:
    """Train what is missing, unless only the results are wanted, and show them."""
    options = arguments()
    plan = planned(options)
    if not options.plot:
        train(plan)
    found = read(plan.results)
    report(found)
    draw(found, Path("small.png" if options.small else "deeper.png"))


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--small", action="store_true", help="two small networks, two epochs")
    parser.add_argument("--plot", action="store_true", help="train nothing, show what is kept")
    parser.add_argument("--seeds", type=int, default=SEEDS, help="how often each is trained")
    parser.add_argument("--results", type=Path, help="where results are kept")
    parser.add_argument("--cifar", type=Path, metavar="FOLDER", help="cifar-10-batches-bin")
    return parser.parse_args()


def planned(options: argparse.Namespace) -> Plan:
    """Tell what the options ask for."""
    depths = DEPTHS[:2] if options.small else DEPTHS
    seeds = 1 if options.small else options.seeds
    runs = [Run(*run) for run in product(range(seeds), reversed(depths), KINDS)]
    name = "results-cifar" if options.cifar else "results-small" if options.small else "results"
    return Plan(
        runs, SMALL if options.small else FULL, options.results or Path(name), options.cifar
    )


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
    pool = ProcessPoolExecutor(PROCESSES, mp_context=get_context("spawn"))
    try:
        tasks = [pool.submit(trained, run, plan) for run in missing]
        yield from (task.result() for task in as_completed(tasks))
    finally:
        pool.shutdown(wait=False, cancel_futures=True)
        for process in list((pool._processes or {}).values()):
            process.terminate()


def trained(run: Run, plan: Plan) -> None:
    """Train one network on one core, and keep its errors."""
    torch.set_num_threads(1)
    begun = perf_counter()
    errors = list(learn(run.variant, run.seed, plan.settings, load(plan.cifar)))
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
