"""A count as a table for people."""

import io
from typing import Literal

from archspec.analysis import Amount, Count, Totals
from archspec.cli.count_lines import Line, lines, shapes
from archspec.cli.terminal import visible

NOTHING = "–"
"""What stands for 0, so that the figures stand out."""

_WORDS = ("layer", "kind", "output")


def table(count: Count, level: str) -> str:
    """Write the table for people: aligned, with a total, at the width that it needs."""
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    grid = Table(box=box.SIMPLE_HEAD, show_footer=True, show_edge=False, pad_edge=False)
    for heading, total in zip(_headings(), _footer(count), strict=True):
        side: Literal["left", "right"] = "left" if heading in _WORDS else "right"
        grid.add_column(heading, Text(total), justify=side, no_wrap=True)
    for line in lines(count.rows, level):
        grid.add_row(*(Text(cell) for cell in _cells(line, count.totals)))
    buffer = io.StringIO()
    Console(file=buffer, width=10_000, color_system=None, _environ={}).print(grid)
    body = [line.rstrip() for line in buffer.getvalue().splitlines()]
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
        _amount(totals.macs),
        _share(totals.macs, whole.macs),
    )


def _footer(count: Count) -> tuple[str, ...]:
    totals = count.totals
    share = _share(totals.macs, totals.macs)
    parameters = _number(totals.parameters)
    return ("total", "", shapes(count.outputs), parameters, _amount(totals.macs), share)


def _title(count: Count) -> str:
    inputs = shapes(tuple(count.inputs.values()))
    return f"{visible(count.name)}: {inputs} → {shapes(count.outputs)}"


def _closing(count: Count) -> tuple[str, ...]:
    totals = count.totals
    frozen = f"of the parameters {totals.frozen:,} stay as they are (`trainable: false`)"
    return (
        *([frozen] if totals.frozen else []),
        f"depth {count.depth:,} (weighted layers on the longest path; "
        f"{totals.weighted_layers:,} in all)",
        f"buffers {totals.buffers:,} · activations {_amount(totals.activations)} per sample",
        "MACs and shapes are of one sample, without the batch",
    )


def _kind(line: Line) -> str:
    count = line.count
    if line.row.form == "chain":
        count *= sum(child.count for child in line.row.children)
    kind = visible(line.row.kind)
    return kind if count == 1 else f"{kind} ×{count:,}"


def _number(number: int) -> str:
    return f"{number:,}" if number else NOTHING


def _amount(amount: Amount) -> str:
    if not isinstance(amount.least, int):
        return "depends on the input"
    if amount.exact:
        return _number(amount.least)
    return f"≥ {amount.least:,}" if amount.least else "unknown"


def _share(part: Amount, whole: Amount) -> str:
    """Give per cent, one place, rounded half up in integers; nothing where it is not known."""
    if not part.exact or not part.least or not whole.exact:
        return ""
    if not isinstance(part.least, int) or not isinstance(whole.least, int):
        return ""
    tenths = (2000 * part.least + whole.least) // (2 * whole.least)
    return f"{tenths // 10}.{tenths % 10}"
