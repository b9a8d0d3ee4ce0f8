"""How a count is written: as a table for people, as JSON and CSV for programs."""

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import compress

import click

from archspec.analysis import Amount, Count, Row, Totals, count
from archspec.analysis.summary import shapes_text, size_text
from archspec.cli.manner import takes_color, takes_diagnostics
from archspec.cli.settings import takes_settings
from archspec.cli.specs import build_network, open_spec
from archspec.cli.tables import grid
from archspec.cli.terminal import visible, write_result
from archspec.pipeline import Settings
from archspec.sizes import Shape, Size, Tensor

# The rows of a count as one list of lines, down to a level.

LEVELS = ("stage", "block", "layer")


@dataclass(frozen=True, slots=True)
class Line:
    """A row where it stands: its path, its depth in the tree, how many instances it is in all."""

    path: str
    indent: int
    row: Row
    count: int
    above: "Line | None" = None

    @property
    def totals(self) -> Totals:
        """What all instances have together, seen as what holds them is."""
        each = self.row.each.seen_as(again=self.again, frozen=self.frozen, training=self.training)
        return each * self.count

    @property
    def again(self) -> bool:
        """Whether its weights are those of an earlier layer."""
        return self.row.again is not None or (self.above is not None and self.above.again)

    @property
    def frozen(self) -> bool:
        """Whether its weights stay as they are."""
        return self.row.frozen or (self.above is not None and self.above.frozen)

    @property
    def training(self) -> bool:
        """Whether only training needs it."""
        return self.row.training or (self.above is not None and self.above.training)


def lines(rows: tuple[Row, ...], level: str, above: Line | None = None) -> Iterator[Line]:
    """Walk the rows down to a level, each under its path."""
    prefix, indent, times = (
        (f"{above.path}.", above.indent + 1, above.count) if above else ("", 0, 1)
    )
    for row in rows:
        line = Line(prefix + row.name, indent, row, row.count * times, above)
        yield line
        if opens(row, level):
            yield from lines(row.children, level, line)


def opens(row: Row, level: str) -> bool:
    """Say whether a row is shown with its children at a level."""
    return level == "layer" or (level == "block" and row.form in ("group", "chain"))


def shapes(tensors: tuple[Tensor, ...]) -> str:
    """Write the shapes of several values, the batch left out."""
    return ", ".join(str(tensor) or "scalar" for tensor in tensors)


# A count as a table for people.

NOTHING = "–"
"""What stands for 0, so that the figures stand out."""

_WORDS = ("layer", "kind", "output")


def table(count: Count, level: str) -> str:
    """Write the table for people: aligned, with a total, at the width that it needs."""
    rows = (_cells(line, count.totals) for line in lines(count.rows, level))
    body = grid(rows, _headings(), _WORDS, _footer(count))
    return "\n".join([_title(count), "", *body, "", *_closing(count)]) + "\n"


def _headings() -> tuple[str, ...]:
    return (*_WORDS, "parameters", "MACs", "MACs %")


def _cells(line: Line, whole: Totals) -> tuple[str, ...]:
    totals = line.totals
    return (
        "  " * line.indent + visible(line.row.name),
        _kind(line),
        shapes(line.row.outputs),
        _number(totals.parameters),
        amount_text(totals.macs),
        _share(totals.macs, whole.macs),
    )


def _footer(count: Count) -> tuple[str, ...]:
    totals = count.totals
    share = _share(totals.macs, totals.macs)
    parameters = _number(totals.parameters)
    given = tuple(it for place, it in enumerate(count.outputs) if place not in count.training)
    output = shapes(given) if len(given) == 1 else ""  # several stand above, by their names
    return ("total", "", output, parameters, amount_text(totals.macs), share)


def _title(count: Count) -> str:
    inputs, outputs = shapes_text(count.named_inputs.items()), shapes_text(_outputs(count))
    return f"{visible(count.name)}: {inputs} → {outputs}"


def _outputs(count: Count) -> Iterator[tuple[str, Tensor]]:
    """Name the outputs that have names; those of training come last and say so."""
    names = count.labels or ("",) * len(count.outputs)
    for place in sorted(range(len(names)), key=lambda place: place in count.training):
        told = " (in training)" if place in count.training else ""
        yield (visible(names[place]) + told).strip(), count.outputs[place]


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


def _special(count: Count) -> tuple[str, ...]:
    """Say what is counted otherwise, where there is such a thing."""
    totals = count.totals
    found = [f"{totals.trainable:,} parameters are trained, {totals.frozen:,} frozen"]
    found = found if totals.frozen else []
    every = _every(count.rows, {})
    if any(row.again is not None or row.tied is not None for row in every):
        found.append("a weight that several layers share is counted once")
    if any(row.training for row in every):
        found.append("what only training needs counts in the parameters alone")
    return tuple(found)


def _every(rows: tuple[Row, ...], seen: dict[int, Row]) -> list[Row]:
    """Give every different row once, however often what holds it stands there."""
    for row in rows:
        if id(row) not in seen:
            seen[id(row)] = row
            _every(row.children, seen)
    return list(seen.values())


def _kind(line: Line) -> str:
    count = line.count
    if line.row.form == "chain":
        count *= sum(child.count for child in line.row.children)
    kind = visible(line.row.kind)
    return " ".join([kind, *([] if count == 1 else [f"×{count:,}"]), *_mark(line)])


def _mark(line: Line) -> list[str]:
    """Say in brackets what is special about a row itself, not about what holds it."""
    row = line.row
    marks = [f"{row.again} again"] if row.again is not None else []
    marks += [f"weight of {row.tied}"] if row.tied is not None else []
    marks += ["frozen"] * row.frozen + ["in training"] * row.training
    return [f"({visible(', '.join(marks))})"] if marks else []


def _number(number: int) -> str:
    return f"{number:,}" if number else NOTHING


def amount_text(amount: Amount) -> str:
    """Write a sum; where a part of it is unknown, that it is as much or more.

    >>> amount_text(Amount(1200)), amount_text(Amount(12, exact=False))
    ('1,200', '≥ 12')
    """
    least = "" if amount.exact else "≥ "
    if not isinstance(amount.least, int):
        names = ", ".join(sorted(amount.least.symbols))
        return least + (size_text(amount.least) or f"depends on {names}")
    if amount.exact:
        return _number(amount.least)
    return f"{least}{amount.least:,}" if amount.least else "unknown"


def _share(part: Amount, whole: Amount) -> str:
    """Give per cent, one place, rounded half up in integers; nothing where it is not known."""
    if not part.exact or not part.least or not whole.exact:
        return ""
    if not isinstance(part.least, int) or not isinstance(whole.least, int):
        return ""
    tenths = (2000 * part.least + whole.least) // (2 * whole.least)
    return f"{tenths // 10}.{tenths % 10}"


# A count as JSON and CSV, for programs.

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
        "outputs": _output_shapes(count, training=False),
        "training_outputs": _output_shapes(count, training=True),
        **_figures(count.totals),
        "depth": count.depth,
        "layers": _nested(count.rows, level, None),
    }
    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"


def _output_shapes(count: Count, *, training: bool) -> object:
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


_WRITERS = {"table": table, "json": as_json, "csv": as_csv}

FORMATS = tuple(_WRITERS)


def present(count: Count, format: str, level: str = "block") -> str:
    """Write a count as a `table`, as `json` or as `csv`, with its rows down to a level.

    `stage` shows the model's own layers, `block` also the repetitions and the layers of groups,
    `layer` every layer. Figures of a row that stands for several are those of all of them.
    """
    return _WRITERS[format](count, level)


# `archspec count`: parameters and multiply-accumulates by layer, block and stage.


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
    return 0
