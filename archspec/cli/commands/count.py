"""`archspec count`: parameters and multiply-accumulates by layer, block and stage.

A count is written as a table for people, as JSON and CSV for programs.
"""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

import click

from archspec.analysis import Amount, Count, Row, Totals, count
from archspec.analysis.summary import amount_text, number_text, shapes_text
from archspec.cli.failures import Exit
from archspec.cli.input_output import build_network, open_spec
from archspec.cli.output_options import takes_color, takes_diagnostics
from archspec.cli.spec_options import takes_settings
from archspec.cli.terminal import grid, visible, write_result
from archspec.pipeline import Settings
from archspec.sizes import Size, Tensor

LEVELS = ("stage", "block", "layer")
FORMATS = ("table", "json", "csv")


@click.command("count")
@click.argument("spec")
@click.option("--format", type=click.Choice(FORMATS), default="table", show_default=True)
@click.option("--level", type=click.Choice(LEVELS), default="block", show_default=True)
@takes_settings
@takes_diagnostics
@takes_color
def command(spec: str, format: str, level: str, settings: Settings) -> int:
    """Count parameters, multiply-accumulates (MACs) and activations."""
    network = build_network(open_spec(spec, settings))
    write_result(present(count(network), format, level))
    return Exit.GOOD


def present(count: Count, format: str, level: str = "block") -> str:
    """Write a count as a `table`, as `json` or as `csv`, with its rows down to a level.

    `stage` shows the model's own layers, `block` also the repetitions and the layers of groups,
    `layer` every layer. Figures of a row that stands for several are those of all of them.
    """
    return {"table": table, "json": as_json, "csv": as_csv}[format](count, level)


@dataclass(frozen=True, slots=True)
class Line:
    """A row where it stands: its path, its depth in the tree, how many instances it is in all.

    It is called `again`, `frozen`, or for `training` only, also where what holds it is.
    """

    path: str
    indent: int
    row: Row
    count: int
    again: bool
    frozen: bool
    training: bool

    @classmethod
    def of(cls, row: Row, above: "Line | None") -> "Line":
        """Put a row below the line of what holds it."""
        again, frozen, training = row.again is not None, row.frozen, row.training
        if above is None:
            return cls(row.name, 0, row, row.count, again, frozen, training)
        return cls(
            f"{above.path}.{row.name}",
            above.indent + 1,
            row,
            row.count * above.count,
            again or above.again,
            frozen or above.frozen,
            training or above.training,
        )

    @property
    def totals(self) -> Totals:
        """What all instances have together, seen as what holds them is."""
        each = self.row.each.seen_as(again=self.again, frozen=self.frozen, training=self.training)
        return each * self.count


def lines(rows: tuple[Row, ...], level: str, above: Line | None = None) -> Iterator[Line]:
    """Walk the rows down to a level, each under its path."""
    for row in rows:
        line = Line.of(row, above)
        yield line
        if _opens(row, level):
            yield from lines(row.children, level, line)


def _opens(row: Row, level: str) -> bool:
    """Say whether a row is shown with its children at a level."""
    return level == "layer" or (level == "block" and row.form in ("group", "chain"))


def _shapes(tensors: tuple[Tensor, ...]) -> str:
    """Write the shapes of several values, the batch left out."""
    return ", ".join(str(tensor) or "scalar" for tensor in tensors)


# The table.

_WORDS = ("layer", "kind", "output")
_HEADINGS = (*_WORDS, "parameters", "MACs", "MACs %")


def table(count: Count, level: str) -> str:
    """Write the table for people: aligned, with a total, at the width that it needs."""
    rows = (_cells(line, count.totals) for line in lines(count.rows, level))
    body = grid(rows, _HEADINGS, _WORDS, _footer(count))
    return "\n".join([_title(count), "", *body, "", *_closing(count)]) + "\n"


def _cells(line: Line, whole: Totals) -> tuple[str, ...]:
    name, outputs = "  " * line.indent + visible(line.row.name), _shapes(line.row.outputs)
    return name, _kind(line), outputs, *_figure_cells(line.totals, whole)


def _footer(count: Count) -> tuple[str, ...]:
    given = tuple(it for place, it in enumerate(count.outputs) if place not in count.training)
    output = _shapes(given) if len(given) == 1 else ""  # several stand above, by their names
    return "total", "", output, *_figure_cells(count.totals, count.totals)


def _figure_cells(totals: Totals, whole: Totals) -> tuple[str, str, str]:
    share = _share(totals.macs, whole.macs)
    return number_text(totals.parameters), amount_text(totals.macs), share


def _title(count: Count) -> str:
    inputs, outputs = shapes_text(count.named_inputs.items()), shapes_text(_outputs(count))
    return f"{visible(count.name)}: {inputs} → {outputs}"


def _outputs(count: Count) -> Iterator[tuple[str, Tensor]]:
    """Name the outputs that have names; those of training come last and say so."""
    names = count.labels or ("",) * len(count.outputs)
    for place in sorted(range(len(names)), key=lambda place: place in count.training):
        mark = " (in training)" if place in count.training else ""
        yield (visible(names[place]) + mark).strip(), count.outputs[place]


def _closing(count: Count) -> tuple[str, ...]:
    totals = count.totals
    return (
        *_special(count),
        f"depth {count.depth:,} (weighted layers on the longest path; "
        f"{totals.weighted_layers:,} in all)",
        f"buffers {totals.buffers:,} · {_activations(totals.activations)}",
        "MACs and shapes are of one sample, without the batch",
    )


def _activations(amount: Amount) -> str:
    text = amount_text(amount)
    if text.startswith("depends"):
        return f"activations depend{text.removeprefix('depends')}"
    return f"activations {text} per sample"


def _special(count: Count) -> Iterator[str]:
    """Say what is counted otherwise, where there is such a thing."""
    totals = count.totals
    every = _every(count.rows, {})
    if totals.frozen:
        yield f"{totals.trainable:,} parameters are trained, {totals.frozen:,} frozen"
    if any(row.again is not None or row.tied is not None for row in every):
        yield "a weight that several layers share is counted once"
    if any(row.training for row in every):
        yield "what only training needs counts in the parameters alone"


def _every(rows: tuple[Row, ...], seen: dict[int, Row]) -> list[Row]:
    """Give every different row once, however often what holds it stands there."""
    for row in rows:
        if id(row) not in seen:
            seen[id(row)] = row
            _every(row.children, seen)
    return list(seen.values())


def _kind(line: Line) -> str:
    """Write the kind, how many there are, and in brackets what is special about the row itself."""
    row, count = line.row, line.count
    if row.form == "chain":
        count *= sum(child.count for child in row.children)
    marks = [f"{row.again} again"] if row.again is not None else []
    marks += [f"weight of {row.tied}"] if row.tied is not None else []
    marks += ["frozen"] * row.frozen + ["in training"] * row.training
    times = f" ×{count:,}" if count != 1 else ""
    return visible(row.kind) + times + (visible(f" ({', '.join(marks)})") if marks else "")


def _share(part: Amount, whole: Amount) -> str:
    """Give per cent, one place, rounded half up in integers; nothing where it is not known."""
    if not part.exact or not part.least or not whole.exact:
        return ""
    if not isinstance(part.least, int) or not isinstance(whole.least, int):
        return ""
    tenths = (2000 * part.least + whole.least) // (2 * whole.least)
    return f"{tenths // 10}.{tenths % 10}"


# JSON and CSV.

_COLUMNS = ("path", "form", "kind", "count", "again", "tied", "training_only", "output")


def as_json(count: Count, level: str) -> str:
    """Write one object; its `layers` are nested down to the level."""
    document = {
        "name": count.name,
        "inputs": {name: _sizes(tensor) for name, tensor in count.inputs.items()},
        "outputs": _output_shapes(count, training=False),
        "training_outputs": _output_shapes(count, training=True),
        **_figures(count.totals),
        "depth": count.depth,
        "layers": _nested(count.rows, level, None),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def as_csv(count: Count, level: str) -> str:
    """Write one header and a row for each line, flat."""
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\n")
    writer.writerow((*_COLUMNS, *_figures(count.totals)))
    for line in lines(count.rows, level):
        cells = (*_identity(line).values(), _shapes(line.row.outputs))
        writer.writerow(map(_inert, (*cells, *_figures(line.totals).values())))
    return buffer.getvalue()


def _output_shapes(count: Count, *, training: bool) -> object:
    """Give the shapes of what comes out in evaluation, or of the rest: by name, else as a list."""
    kept = [(place in count.training) is training for place in range(len(count.outputs))]
    sizes = list(compress(map(_sizes, count.outputs), kept))
    names = compress(count.labels, kept)
    return dict(zip(names, sizes, strict=True)) if count.labels else sizes


def _nested(rows: tuple[Row, ...], level: str, above: Line | None) -> list[dict[str, object]]:
    return [
        {
            "name": line.row.name,
            **_identity(line),
            "outputs": list(map(_sizes, line.row.outputs)),
            **_figures(line.totals),
            "layers": _nested(line.row.children, level, line) if _opens(line.row, level) else [],
        }
        for line in lines(rows, "stage", above)
    ]


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


def _figures(totals: Totals) -> dict[str, int | str | None]:
    """Give the figures under their names, with units."""
    return {
        "parameters": totals.parameters,
        "frozen_parameters": totals.frozen,
        "buffers": totals.buffers,
        "macs_per_sample": _plain(totals.macs.value),
        "macs_per_sample_at_least": _plain(totals.macs.least),
        "activations_per_sample": _plain(totals.activations.value),
        "weighted_layers": totals.weighted_layers,
    }


def _plain(size: Size | None) -> int | str | None:
    """Give a number, or the polynomial that it is for free sizes as text."""
    return size if isinstance(size, int | None) else str(size)


def _sizes(tensor: Tensor) -> list[int | str | None]:
    return list(map(_plain, tensor.shape))


def _inert(cell: object) -> object:
    """Keep a spreadsheet from reading a text as a formula."""
    risky = isinstance(cell, str) and cell.startswith(("=", "+", "-", "@", "\t", "\r"))
    return f"'{cell}" if risky else cell
