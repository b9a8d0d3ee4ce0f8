"""ResNet-50 by its stages: a table, and a figure of how space shrinks as channels grow."""

import matplotlib.pyplot as plt

import archspec
from archspec.analysis import Row

COLUMNS = ("stage", "blocks", "layers", "channels", "space", "parameters", "MACs")
LINE = "{:<8}{:>7}{:>8}{:>10}{:>8}{:>12}{:>15}"


def main() -> None:
    """Print the table, and draw the figure."""
    stages = [row for row in archspec.load("resnet50").count().rows if row.totals.weighted_layers]
    print(LINE.format(*COLUMNS))
    for row in stages:
        print(LINE.format(*cells(row)))
    layers = [weighted(row) for row in stages]
    print(" + ".join(map(str, layers)), "=", sum(layers), "layers with weights")
    draw(stages)


def weighted(row: Row) -> int:
    """Count the layers with weights, those of the projection shortcuts left out."""
    if not row.children:
        return row.totals.weighted_layers
    way = [child for child in row.children if child.name != "downsample"]
    return row.count * sum(map(weighted, way))


def cells(row: Row) -> list[str]:
    """Write what is said of a stage."""
    channels, *space = row.outputs[0].shape
    blocks = sum(child.count for child in row.children)
    totals = row.totals
    return [
        row.name,
        str(blocks or "–"),
        str(weighted(row)),
        str(channels),
        "×".join(map(str, space)) or "–",
        f"{totals.parameters:,}",
        f"{totals.macs.value:,}",
    ]


def draw(stages: list[Row]) -> None:
    """Draw each map as a square of its size, and its channels as a bar."""
    maps = [row for row in stages if len(row.outputs[0].shape) == 3]
    names = [row.name for row in maps]
    channels = [row.outputs[0].shape[0] for row in maps]
    sides = [row.outputs[0].shape[1] for row in maps]
    figure, (above, below) = plt.subplots(2, 1, figsize=(8, 5), sharex=True, layout="constrained")
    for axes, sizes, title, color in (
        (above, sides, "side of a map, in pixels", "tab:blue"),
        (below, channels, "number of channels", "tab:orange"),
    ):
        axes.bar_label(axes.bar(names, sizes, color=color, width=0.6), padding=2)
        axes.set_title(title, loc="left", fontsize=12)
        axes.margins(y=0.15)
        axes.spines[["top", "right"]].set_visible(False)
    figure.savefig("stages.png", dpi=150)


if __name__ == "__main__":
    main()
