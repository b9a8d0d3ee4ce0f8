"""Pool a small picture by pooling.yaml, compare with what was worked out by hand, and draw it."""

from typing import Any

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray

import archspec

Numbers = NDArray[np.float32]
Texts = NDArray[np.str_]
Place = tuple[float, float]

PICTURE = [
    [[3, 4, 7, 0], [1, 8, 4, 1], [2, 3, 9, 2], [7, 4, 5, 8]],
    [[7, 8, 6, 4], [1, 4, 2, 8], [9, 5, 6, 6], [8, 6, 7, 1]],
    [[5, 9, 2, 8], [7, 3, 0, 6], [4, 4, 0, 4], [0, 8, 9, 3]],
]
BY_HAND = {
    "max_space": [[[8, 7], [7, 9]], [[8, 8], [9, 7]], [[9, 8], [8, 9]]],
    "avg_space": [[[4, 3], [4, 6]], [[5, 5], [7, 5]], [[6, 4], [4, 4]]],
    "max_channels": [[[7, 9, 7, 8], [7, 8, 4, 8], [9, 5, 9, 6], [8, 8, 9, 8]]],
    "avg_channels": [[[5, 7, 5, 4], [3, 5, 2, 5], [5, 4, 5, 4], [5, 6, 7, 4]]],
}
WINDOW_TINTS = np.array([["#c6dbef", "#fdd0a2"], ["#c7e9c0", "#e2d4f0"]])
CHANNEL_TINTS = np.array(["#f7b6a8", "#b9e0b0", "#b3cdf2"])
CENTRED: dict[str, Any] = {"ha": "center", "va": "center", "fontsize": 14}
TOPS = (0, 5, 10)
NONE = np.full((4, 4), np.nan)
"""A matrix that no number equals."""


def pooled() -> dict[str, Numbers]:
    """Give what the model makes of the picture, by the names of its layers."""
    model = archspec.load("pooling.yaml").to_torch()
    outputs = model(torch.tensor([PICTURE], dtype=torch.float32))
    return {name: value[0].numpy() for name, value in outputs.items()}


def report(name: str, channels: Numbers) -> None:
    """Print the matrices of the channels side by side."""
    print(name)
    for rows in zip(*channels, strict=True):
        print("   ", "    ".join(" ".join(f"{number:g}" for number in row) for row in rows))


def matrix(axes: Axes, numbers: Numbers, at: Place, tints: Texts, largest: Numbers) -> None:
    """Draw a matrix of numbers, each in a cell of its tint, the `largest` in bold."""
    for (row, column), number in np.ndenumerate(numbers):
        x, y, tint = at[0] + column, at[1] + row, tints[row, column]
        weight = "bold" if number == largest[row, column] else "normal"
        axes.add_patch(Rectangle((x, y), 1, 1, facecolor=tint, edgecolor="black"))
        axes.text(x + 0.5, y + 0.54, f"{number:g}", weight=weight, **CENTRED)


def draw_space(axes: Axes, picture: Numbers, outputs: dict[str, Numbers]) -> None:
    """Draw each channel, its windows in four tints, and beside it what comes of each window."""
    for channel, top in enumerate(TOPS):
        largest, average = outputs["max_space"][channel], outputs["avg_space"][channel]
        matrix(axes, picture[channel], (0, top), twice(WINDOW_TINTS), twice(largest))
        matrix(axes, largest, (5.5, top + 1), WINDOW_TINTS, largest)
        matrix(axes, average, (9, top + 1), WINDOW_TINTS, NONE)
    axes.text(6.5, 0.5, "max", **CENTRED)
    axes.text(10, 0.5, "average", **CENTRED)


def draw_channels(axes: Axes, picture: Numbers, outputs: dict[str, Numbers]) -> None:
    """Draw the channels, the largest of each pixel tinted, and what comes of the three of them."""
    best, largest = picture.argmax(axis=0), outputs["max_channels"][0]
    for channel, top in enumerate(TOPS):
        tints = np.where(best == channel, CHANNEL_TINTS[channel], "white")
        matrix(axes, picture[channel], (0, top), tints, largest)
    matrix(axes, largest, (7, 2), CHANNEL_TINTS[best], largest)
    matrix(axes, outputs["avg_channels"][0], (7, 8), np.full((4, 4), "white"), NONE)
    axes.text(9, 1.5, "max", **CENTRED)
    axes.text(9, 7.5, "average", **CENTRED)
    for corner in ((1, 0), (1, 5), (1, 10), (8, 2), (8, 8)):  # one window and what comes of it
        axes.add_patch(Rectangle(corner, 1, 1, fill=False, linewidth=3, zorder=3))


def twice(cells: NDArray[Any]) -> NDArray[Any]:
    """Put each cell in the place of 2×2."""
    return cells.repeat(2, axis=0).repeat(2, axis=1)


def draw(picture: Numbers, outputs: dict[str, Numbers]) -> None:
    """Draw both kinds of window side by side."""
    figure, (space, channels) = plt.subplots(1, 2, figsize=(14, 7.8), layout="constrained")
    draw_space(space, picture, outputs)
    draw_channels(channels, picture, outputs)
    space.set_title("over space: windows of 2×2 in each channel", fontsize=16)
    channels.set_title("over channels: a window of 1×1×3 at each pixel", fontsize=16)
    for axes in (space, channels):
        for channel, top in enumerate(TOPS):
            axes.text(-1.6, top + 2, f"channel {channel}", **CENTRED)
        axes.set(xlim=(-3, 11.5), ylim=(14.1, -0.3), aspect="equal")
        axes.set_axis_off()
    figure.savefig("pooling.png", dpi=100)


def main() -> None:
    """Pool, compare, print and draw."""
    picture, outputs = np.array(PICTURE, dtype=np.float32), pooled()
    report("picture", picture)
    for name, by_hand in BY_HAND.items():
        assert np.array_equal(outputs[name], by_hand), name
        report(name, outputs[name])
    draw(picture, outputs)


if __name__ == "__main__":
    main()
