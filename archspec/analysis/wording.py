"""Words for counts of free sizes, and for what goes into a network and comes out."""

import re
from collections.abc import Iterable

from archspec.dimensions import Size
from archspec.tensors import Tensor

LONGEST = 40


def size_text(size: Size) -> str | None:
    """Write a count, with free sizes as a short polynomial; `None` where that would be long.

    >>> from archspec.dimensions import symbol
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
