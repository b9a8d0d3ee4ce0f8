"""Train a deep network from scratch, and one that has grown from a shallow network."""

import argparse
from collections.abc import Iterator
from itertools import product
from typing import NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import torch
from digits import PICTURES, error, train, watched

import archspec

RATE = 0.02
ON = 0.005  # with which it goes on: a larger rate would undo what was learned
TICKS = (0.2, 0.5, 1, 2, 5, 10, 20, 50, 100)

SHALLOW = archspec.load("network.yaml", variant="shallow")
DEEP = archspec.load("network.yaml", variant="deep")


class Curve(NamedTuple):
    """Test errors in %, after so many multiply-accumulates, in billions, forward only."""

    macs: list[float]
    errors: list[float]


def main() -> None:
    """Train both for each seed, print what came out, and draw it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--epochs", type=int, default=8, help="of the shallow network")
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    runs = list(product(range(options.seeds), (from_scratch, by_growing)))
    found = [run(options.epochs, seed) for seed, run in watched(runs, "training", len(runs))]
    scratch, grown = found[::2], found[1::2]
    report(scratch, grown, options.epochs)
    draw(scratch, grown)


def from_scratch(epochs: int, seed: int) -> Curve:
    """Train the deep network for twice as many epochs as the shallow one."""
    torch.manual_seed(seed)
    model = DEEP.to_torch()
    return curve(DEEP, train(model, 2 * epochs, seed, RATE), error(model), 0)


def by_growing(epochs: int, seed: int) -> Curve:
    """Train the shallow network, let it grow, and train the deep one as long again."""
    torch.manual_seed(seed)
    model = SHALLOW.to_torch()
    shallow = curve(SHALLOW, train(model, epochs, seed, RATE), error(model), 0)
    grown = SHALLOW.grow(DEEP, model.state_dict(), seed)
    larger = DEEP.to_torch()
    larger.load_state_dict(grown.state)
    deep = curve(DEEP, train(larger, epochs, seed + 100, ON), error(larger), shallow.macs[-1])
    return Curve(shallow.macs + deep.macs, shallow.errors + deep.errors)


def curve(
    arch: archspec.Architecture, errors: Iterator[float], first: float, spent: float
) -> Curve:
    """Put the errors over the multiply-accumulates that they cost, from the first one on."""
    all_errors = [first, *errors]
    of_an_epoch = PICTURES * arch.count().totals.macs.value / 1e9
    return Curve([spent + epoch * of_an_epoch for epoch in range(len(all_errors))], all_errors)


def report(scratch: list[Curve], grown: list[Curve], epochs: int) -> None:
    """Print the errors in the end and what they cost, with the finding in words."""
    print(f"{'':14}test error, %   10⁹ MACs")
    before = [item.errors[epochs] for item in grown]
    after = [item.errors[epochs + 1] for item in grown]
    last = {name: [item.errors[-1] for item in found] for name, found in both(scratch, grown)}
    print(f"{'shallow':14}{spread(before)}   {grown[0].macs[epochs]:8.1f}")
    for name, found in both(scratch, grown):
        print(f"{name:14}{spread(last[name])}   {found[0].macs[-1]:8.1f}")
    same = "is" if before == after else "is NOT"
    print(f"What the shallow network told wrong {same} what the grown one told wrong at first.")
    better = "fewer" if np.mean(last["grown"]) < np.mean(last["from scratch"]) else "not fewer"
    print(f"In the end the grown network told {better} wrong than the one from scratch.")


def both(scratch: list[Curve], grown: list[Curve]) -> list[tuple[str, list[Curve]]]:
    """Name the two ways."""
    return [("from scratch", scratch), ("grown", grown)]


def spread(values: list[float]) -> str:
    """Write a mean and a standard deviation."""
    return f"{np.mean(values):6.2f} ± {np.std(values):4.2f}"


def draw(scratch: list[Curve], grown: list[Curve]) -> None:
    """Draw the error of each seed over what it cost; a dot is where the network grew."""
    figure, axes = plt.subplots(figsize=(8, 4.5), layout="constrained")
    for (name, found), color in zip(both(scratch, grown), ("tab:red", "tab:blue"), strict=True):
        for index, item in enumerate(found):
            axes.plot(*item, color=color, label=None if index else name)
    for item in grown:
        half = len(item.errors) // 2
        axes.plot(item.macs[half], item.errors[half], "o", color="tab:blue")
    axes.set_yscale("log")
    axes.set_xlabel("multiply-accumulates of the forward passes, in billions")
    axes.set_ylabel("test error, %")
    axes.set_yticks(TICKS, map(str, TICKS))
    axes.spines[["top", "right"]].set_visible(False)
    axes.legend(frameon=False)
    figure.savefig("growing.png", dpi=150)


if __name__ == "__main__":
    main()
