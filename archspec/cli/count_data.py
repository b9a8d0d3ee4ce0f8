"""A count as JSON and CSV, for programs."""

import csv
import io
import json
from itertools import compress

from archspec.analysis import Count, Row, Totals
from archspec.cli.count_lines import Line, lines, opens, shapes
from archspec.dimensions import Size
from archspec.tensors import Shape

_COLUMNS = ("path", "form", "kind", "count", "again", "tied", "training_only", "output")
_FIGURES = (
    "parameters",
    "frozen_parameters",
    "buffers",
    "macs_per_sample",
    "macs_per_sample_at_least",
    "activations_per_sample",
    "weighted_layers",
)


def as_json(count: Count, level: str) -> str:
    """Write one object; its `layers` are nested down to the level."""
    document = {
        "name": count.name,
        "inputs": {name: _sizes(tensor.shape) for name, tensor in count.inputs.items()},
        "outputs": _outputs(count, training=False),
        "training_outputs": _outputs(count, training=True),
        **_figures(count.totals),
        "depth": count.depth,
        "layers": _nested(count.rows, level, None),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _outputs(count: Count, *, training: bool) -> object:
    """Give the shapes of what comes out in evaluation, or of the rest: by name, else as a list."""
    kept = [place in count.training for place in range(len(count.outputs))]
    sizes = [_sizes(tensor.shape) for tensor in count.outputs]
    if count.labels:
        return dict(
            compress(zip(count.labels, sizes, strict=True), (it is training for it in kept))
        )
    return list(compress(sizes, (it is training for it in kept)))


def _nested(rows: tuple[Row, ...], level: str, above: Line | None) -> list[dict[str, object]]:
    own = (line for line in lines(rows, "stage", above))
    return [
        {
            "name": line.row.name,
            **_identity(line),
            "outputs": [_sizes(tensor.shape) for tensor in line.row.outputs],
            **_figures(line.totals),
            "layers": _nested(line.row.children, level, line) if opens(line.row, level) else [],
        }
        for line in own
    ]


def as_csv(count: Count, level: str) -> str:
    """Write one header and a row for each line, flat."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*_COLUMNS, *_FIGURES))
    for line in lines(count.rows, level):
        cells = (*_identity(line).values(), shapes(line.row.outputs))
        writer.writerow(map(_inert, (*cells, *_figures(line.totals).values())))
    return buffer.getvalue()


def _identity(line: Line) -> dict[str, object]:
    return {
        "path": line.path,
        "form": line.row.form,
        "kind": line.row.kind,
        "count": line.count,
        "again": line.row.again,
        "tied": line.row.tied,
        "training_only": line.training,
    }


def _plain(size: Size | None) -> int | str | None:
    """Give a number, or the polynomial that it is for free sizes as text."""
    return size if isinstance(size, int | None) else str(size)


def _figures(totals: Totals) -> dict[str, int | str | None]:
    """Give the figures under their names, with units."""
    values = (
        totals.parameters,
        totals.frozen,
        totals.buffers,
        _plain(totals.macs.value),
        _plain(totals.macs.least),
        _plain(totals.activations.value),
        totals.weighted_layers,
    )
    return dict(zip(_FIGURES, values, strict=True))


def _sizes(shape: Shape) -> list[int | str]:
    return [size if isinstance(size, int) else str(size) for size in shape]


def _inert(cell: object) -> object:
    """Keep a spreadsheet from reading a text as a formula."""
    risky = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if risky else cell
