"""How counts and shapes are written, and the one line that says what a network is."""

import re
from collections.abc import Iterable

from archspec.analysis.counts import Amount, count
from archspec.graph import Network
from archspec.sizes import Size, Tensor

LONGEST = 40


def size_text(size: Size) -> str | None:
    """Write a count, with free sizes as a short polynomial; `None` where that would be long.

    >>> from archspec.sizes import symbol
    >>> size_text(1200 * symbol("H") * symbol("H") + 12)
    '1,200·H² + 12'
    """
    if isinstance(size, int):
        return f"{size:,}"
    text = re.sub(r"\b([A-Z]\w*)\*\1\b(?!\*\1\b)", r"\1²", str(size)).replace("*", "·")
    text = re.sub(r"\b\d{4,}\b", lambda match: f"{int(match[0]):,}", text)
    return text if len(text) <= LONGEST and "floor" not in text else None


def shapes_text(tensors: Iterable[tuple[str, Tensor]], join: str = ", ") -> str:
    """Write shapes, each behind its name where it has one.

    >>> shapes_text([("left", Tensor((3, 8, 8))), ("", Tensor((5,)))])
    'left 3×8×8, 5'
    """
    texts = (f"{name} {tensor or 'scalar'}" for name, tensor in tensors)
    return join.join(text.strip() for text in texts)


def number_text(number: int) -> str:
    """Write a number; 0 as a dash, so that the others stand out."""
    return f"{number:,}" if number else "–"


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
        return number_text(amount.least)
    return f"{least}{amount.least:,}" if amount.least else "unknown"


_UNKNOWN = "an unknown number of MACs"


def facts(network: Network) -> str:
    """Say layers, parameters, MACs and depth in one line; layers are operations, repeated ones too.

    A line reads `175 layers, 25,557,032 parameters, 4,089,184,256 MACs at 3×224×224, depth 50`.
    """
    counts = count(network)
    totals = counts.totals
    shapes = shapes_text(counts.named_inputs.items(), " and ")
    layers = _counted(totals.operations, "layer")
    parameters = _counted(totals.parameters, "parameter")
    frozen = f" ({totals.frozen:,} of them frozen)" if totals.frozen else ""
    macs = f"{_macs(totals.macs)} at {shapes}"
    return f"{layers}, {parameters}{frozen}, {macs}, depth {counts.depth:,}"


def _counted(number: int, noun: str) -> str:
    return f"{number:,} {noun}" if number == 1 else f"{number:,} {noun}s"


def _macs(macs: Amount) -> str:
    least = "" if macs.exact else "at least "
    if isinstance(macs.least, int):
        return least + _counted(macs.least, "MAC") if macs.exact or macs.least else _UNKNOWN
    text = size_text(macs.least)
    if text is None:
        return f"{least}MACs that depend on {' and '.join(sorted(macs.least.symbols))}"
    return f"{least}{text} MACs"
