"""What came out: a table, sentences that are computed, and a figure as He et al.'s."""

from collections.abc import Iterator
from pathlib import Path

import matplotlib.pyplot as plt
import numpy as np
from kept import Curves
from matplotlib.axes import Axes

SHORTCUTS = {
    "plain": "no shortcuts",
    "residual": "shortcuts, identity",
    "projection": "shortcuts, projection",
}
COLORS = dict(zip((8, 20, 32, 56), ("tab:olive", "tab:cyan", "tab:blue", "tab:red"), strict=True))
LINE = "{:<23}{:>6}   {:>15}   {:>15}"


def report(found: Curves) -> None:
    """Print the errors in the end, and what they say of depth."""
    seeds = len({run.seed for run in found})
    epochs = len(next(iter(found.values())))
    print(f"errors in % after {epochs} epochs, mean ± standard deviation over {seeds} seeds")
    print(LINE.format("network", "layers", "training error", "test error"))
    for kind in kinds(found):
        for depth in depths(found, kind):
            spreads = [spread(last(found, kind, depth, which)) for which in (0, 1)]
            print(LINE.format(SHORTCUTS[kind], depth, *spreads))
    print()
    print(*findings(found), sep="\n")


def findings(found: Curves) -> Iterator[str]:
    """Compare the deepest network with the one of 20 layers, of each kind."""
    for kind in kinds(found):
        shallow, deepest = compared(depths(found, kind))
        deep, other = (last(found, kind, depth, 0) for depth in (deepest, shallow))
        worse = sum(a > b for a, b in zip(deep, other, strict=False))
        verdict = "above" if np.mean(deep) > np.mean(other) else "not above"
        yield (
            f"{SHORTCUTS[kind]}: the training error of {deepest} layers, {np.mean(deep):.2f} %, is "
            f"{verdict} that of {shallow}, {np.mean(other):.2f} %; larger with {worse} of "
            f"{len(deep)} seeds"
        )


def compared(depths: list[int]) -> tuple[int, int]:
    """Choose 20 layers, or the fewest where there is no such network, and the most."""
    return (20 if 20 in depths[:-1] else depths[0]), depths[-1]


def draw(found: Curves, file: Path) -> None:
    """Draw a panel for each kind, with the errors of each depth."""
    shown = kinds(found)
    figure, panels = plt.subplots(
        1, len(shown), figsize=(4.2 * len(shown), 4), sharey=True, layout="constrained"
    )
    for axes, kind in zip(np.atleast_1d(panels), shown, strict=True):
        for depth in depths(found, kind):
            panel(axes, found, kind, depth)
        axes.set(title=SHORTCUTS[kind], xlabel="epoch", ylim=(0, 100))
        axes.spines[["top", "right"]].set_visible(False)
    np.atleast_1d(panels)[0].set_ylabel("error, %; thin: training, bold: test")
    np.atleast_1d(panels)[0].legend(frameon=False)
    figure.savefig(file, dpi=150)


def panel(axes: Axes, found: Curves, kind: str, depth: int) -> None:
    """Draw means over the seeds, and the range of the test error."""
    curves = np.array([errors for run, errors in found.items() if run[1:] == (depth, kind)])
    epochs = range(1, curves.shape[1] + 1)
    training, test = curves.mean(axis=0).T
    lowest, highest = curves[:, :, 1].min(axis=0), curves[:, :, 1].max(axis=0)
    axes.fill_between(epochs, lowest, highest, color=COLORS[depth], alpha=0.15, linewidth=0)
    axes.plot(epochs, training, color=COLORS[depth], linewidth=0.8)
    axes.plot(epochs, test, color=COLORS[depth], linewidth=2, label=f"{depth} layers")


def last(found: Curves, kind: str, depth: int, which: int) -> list[float]:
    """Give the errors in the end by seed: of training, 0, or of the test, 1."""
    return [errors[-1][which] for run, errors in sorted(found.items()) if run[1:] == (depth, kind)]


def kinds(found: Curves) -> list[str]:
    """Give the kinds of networks that there are."""
    return [kind for kind in SHORTCUTS if any(run.kind == kind for run in found)]


def depths(found: Curves, kind: str) -> list[int]:
    """Give the depths that there are of a kind."""
    return sorted({run.depth for run in found if run.kind == kind})


def spread(values: list[float]) -> str:
    """Write a mean and a standard deviation."""
    return f"{np.mean(values):.2f} ± {np.std(values, ddof=len(values) > 1):.2f}"
