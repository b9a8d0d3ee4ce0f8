"""Filter a photograph by filters.yaml, compare every map with SciPy's, and draw the maps."""

from typing import Any, NamedTuple

import matplotlib.pyplot as plt
import numpy as np
import torch
from matplotlib.axes import Axes
from matplotlib.patches import Rectangle
from numpy.typing import NDArray
from scipy.ndimage import correlate
from sklearn.datasets import load_sample_image

import archspec

Pixels = NDArray[np.float32]


class Kernel(NamedTuple):
    """A kernel of the spec once more, for SciPy and for the titles."""

    title: str
    numbers: NDArray[np.int64]
    divisor: int


BELL = np.array([[1, 2, 1], [2, 4, 2], [1, 2, 1]])
KERNELS = {
    "edges": Kernel("edge detection", np.array([[-1, -1, -1], [-1, 8, -1], [-1, -1, -1]]), 1),
    "sharp": Kernel("sharpen", np.array([[-1, -1, -1], [-1, 9, -1], [-1, -1, -1]]), 1),
    "blur": Kernel("Gaussian blur", BELL, 16),
    "red": Kernel("redness: one 3×3×3 kernel, one map", np.stack([2 * BELL, -BELL, -BELL]), 16),
}
LEFT, TOP, WIDTH, HEIGHT = 90, 25, 258, 172
"""The detail that is shown, in pixels."""
CORNER: dict[str, Any] = {
    "bbox": {"facecolor": "white", "edgecolor": "gray"},
    "family": "monospace",
    "fontsize": 10,
    "ha": "right",
    "va": "top",
}
"""How numbers are written into the upper right corner of a picture."""


def photograph() -> Pixels:
    """Read the photograph with its channels first: 3×427×640 numbers from 0 to 255."""
    return load_sample_image("china.jpg").transpose(2, 0, 1).astype(np.float32)


def filtered(picture: Pixels) -> dict[str, Pixels]:
    """Give the maps that each layer of the spec makes of the picture."""
    model = archspec.load("filters.yaml").to_torch()
    maps = model(torch.from_numpy(picture)[None])
    return {name: value[0].numpy() for name, value in maps.items()}


def by_scipy(picture: Pixels, kernel: Kernel) -> Pixels:
    """Give the same maps by SciPy, which also takes the picture to be 0 around its border."""
    weights = kernel.numbers / kernel.divisor
    if weights.ndim == 3:
        return correlate(picture, weights, mode="constant")[1:2]  # where all three channels match
    return np.stack([correlate(channel, weights, mode="constant") for channel in picture])


def report(picture: Pixels, maps: dict[str, Pixels]) -> None:
    """Print a line for each kernel: its sum, its maps, their range, and whether SciPy agrees."""
    print("layer   sum  maps         least  largest  as SciPy's")
    for name, kernel in KERNELS.items():
        found = maps[name]
        total = kernel.numbers.sum() // kernel.divisor
        size = "×".join(map(str, found.shape))
        same = "yes" if np.allclose(found, by_scipy(picture, kernel), atol=1e-3) else "no"
        print(f"{name:6} {total:4}  {size}  {found.min():6.0f}  {found.max():7.0f}  {same}")


def show(axes: Axes, maps: Pixels, title: str) -> None:
    """Draw three channels in colour or one in grey; below 0 is black, above 255 is full."""
    pixels = np.clip(maps, 0, 255).astype(np.uint8).transpose(1, 2, 0)
    axes.imshow(pixels, cmap="gray", vmin=0, vmax=255, interpolation="nearest")
    axes.set_title(title, fontsize=15)
    axes.set_axis_off()


def written(kernel: Kernel) -> str:
    """Write the numbers of a kernel, those of each channel below those of the one before."""
    rows = [" ".join(f"{number:2}" for number in row) for row in kernel.numbers.reshape(-1, 3)]
    matrices = ["\n".join(rows[first : first + 3]) for first in range(0, len(rows), 3)]
    factor = f"1/{kernel.divisor} ×  \n" if kernel.divisor > 1 else ""
    return (factor + "\n\n".join(matrices)).replace("-", "−")


def draw(picture: Pixels, maps: dict[str, Pixels]) -> None:
    """Draw the picture, a detail of it, and what each kernel makes of the detail."""
    figure, grid = plt.subplots(2, 3, figsize=(14, 6.85), layout="constrained")
    whole, detail, *others = grid.flat
    cut = (slice(None), slice(TOP, TOP + HEIGHT), slice(LEFT, LEFT + WIDTH))
    show(whole, picture, "the photograph")
    whole.add_patch(Rectangle((LEFT, TOP), WIDTH, HEIGHT, fill=False, color="black", linewidth=2))
    show(detail, picture[cut], "a detail of it")
    for axes, (name, kernel) in zip(others, KERNELS.items(), strict=True):
        show(axes, maps[name][cut], kernel.title)
        axes.text(0.98, 0.97, written(kernel), transform=axes.transAxes, **CORNER)
    figure.savefig("kernels.png", dpi=110)


def main() -> None:
    """Filter, compare and draw."""
    picture = photograph()
    maps = filtered(picture)
    report(picture, maps)
    draw(picture, maps)


if __name__ == "__main__":
    main()
