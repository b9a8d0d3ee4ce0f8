"""Tables for people: aligned, and as wide as they need to be."""

import io
from collections.abc import Collection, Iterable, Sequence


def grid(
    rows: Iterable[Sequence[str]],
    headings: Sequence[str],
    words: Collection[str],
    footer: Sequence[str] | None = None,
) -> list[str]:
    r"""Write rows below their headings, figures at the right; `words` head columns of words.

    >>> print("\n".join(grid([("a", "1"), ("b", "12")], ("name", "number"), ("name",))))
    name   number
    ─────────────
    a           1
    b          12
    """
    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(
        box=box.SIMPLE_HEAD, show_footer=footer is not None, show_edge=False, pad_edge=False
    )
    for heading, total in zip(headings, footer or [""] * len(headings), strict=True):
        if heading in words:
            table.add_column(heading, Text(total), no_wrap=True)
        else:
            table.add_column(heading, Text(total), justify="right", no_wrap=True)
    for row in rows:
        table.add_row(*map(Text, row))
    buffer = io.StringIO()
    Console(file=buffer, width=10_000, color_system=None, _environ={}).print(table)
    return [line.rstrip() for line in buffer.getvalue().splitlines()]
