"""Refuse the numbers of repetitions for which the numbers in a class would not hold."""

from collections.abc import Iterable

from archspec.emit.code import layout, literal
from archspec.emit.pieces import Bracketed


def guard_lines(guards: Iterable[str]) -> list[str]:
    """Refuse numbers of repetitions for which the numbers in the class would not hold."""
    counts = [text for text in dict.fromkeys(guards) if not text.isdigit()]
    if not counts:
        return []
    least, names = _least(counts)
    message = Bracketed("raise ValueError(", (literal(f"{names} must be at least 1"),))
    return [f"        if {least} < 1:", *layout(message, 3)]


def _least(counts: list[str]) -> tuple[str, str]:
    """Write the least of several counts, and how a message calls them.

    >>> _least(["depths[0]", "depths[1]"]), _least(["depths[1]", "depths[2]"])[0]
    (('min(depths[:2])', 'each of depths[:2]'), 'min(depths[1:3])')
    """
    base, _, first = counts[0].removesuffix("]").rpartition("[")
    start = int(first) if first.isdigit() else 0
    end = start + len(counts)
    if len(counts) > 1 and counts == [f"{base}[{index}]" for index in range(start, end)]:
        listed = f"{base}[{start or ''}:{end}]"
        return f"min({listed})", f"each of {listed}"
    if len(counts) == 1:
        return counts[0], counts[0]
    return f"min({', '.join(counts)})", " and ".join(counts)
