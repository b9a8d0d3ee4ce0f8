"""Make changes in a text."""

from archspec.diagnostics import Edit
from archspec.source.text import LINE_END


def applied(text: str, edits: tuple[Edit, ...]) -> str:
    r"""Change a text; of edits that touch each other the first is made.

    >>> from archspec.diagnostics import Span
    >>> applied("a: rellu\n", (Edit(Span(1, 4, 1, 9), "relu"),))
    'a: relu\n'
    """
    starts = [0, *(match.end() for match in LINE_END.finditer(text)), len(text)]
    end = len(text) + 1
    for edit in sorted(dict.fromkeys(edits), key=lambda item: item.span, reverse=True):
        span = edit.span
        first = starts[span.line - 1] + span.column - 1
        last = starts[span.end_line - 1] + span.end_column - 1
        if last <= end:
            text, end = text[:first] + edit.text + text[last:], first
    return text
