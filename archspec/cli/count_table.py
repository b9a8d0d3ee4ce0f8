"""A count as a table for people."""

from collections.abc import Iterator

from archspec.analysis import Amount, Count, Row, Totals
from archspec.analysis.wording import shapes_text, size_text
from archspec.cli.count_lines import Line, lines, shapes
from archspec.cli.tables import grid
from archspec.cli.terminal import visible
from archspec.tensors import Tensor

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
