"""The changes of a text that mend a problem, where its help says for certain how."""

import re
from collections.abc import Mapping

from archspec.diagnostics import Edit, Path, Place, Problem, Projection, Span, Suggestion

Mark = tuple[int, int, int, int]


def edits_of(
    problem: Problem,
    place: Place,
    span: Span,
    lines: tuple[str, ...],
    values: Mapping[Path, Mark],
) -> tuple[Edit, ...]:
    """Give the changes that a problem's help asks for; none where they are not certain."""
    if isinstance(problem.help, Suggestion):
        edit = word(lines, span, problem.help.old, problem.help.new)
        return () if edit is None else (edit,)
    if isinstance(problem.help, Projection):
        return _projected(problem.help, place, span, lines, values)
    return ()


def word(lines: tuple[str, ...], span: Span, old: str, new: str) -> Edit | None:
    """Put one word in the place of another that stands where the problem is."""
    line = lines[span.line - 1] if span.line <= len(lines) else ""
    found = _pattern(old).search(line, span.column - 1)
    end = span.end_column - 1 if span.end_line == span.line else len(line)
    if found is None or found.start() >= max(end, span.column):
        return None
    return Edit(Span(span.line, found.start() + 1, span.line, found.end() + 1), new)


def _pattern(text: str) -> re.Pattern[str]:
    """Look for a text that is no part of a longer word; one of other signs stands anywhere."""
    before = r"(?<![\w-])" if re.match(r"\w", text) else ""
    behind = r"(?![\w-])" if re.search(r"\w$", text) else ""
    return re.compile(f"{before}{re.escape(text)}{behind}")


def _projected(
    help: Projection,
    place: Place,
    span: Span,
    lines: tuple[str, ...],
    values: Mapping[Path, Mark],
) -> tuple[Edit, ...]:
    """Put a layer on a line of its own above the one that reads it, and let that read it."""
    name = f"{help.reads}_projection"
    indent = lines[span.line - 1][: span.column - 1]
    body = place.path[:-1]
    reads = values.get((*place.path, "from"))
    taken = any(path[:-1] == body and path[-1] == name for path in values)
    if reads is None or taken or indent.strip() or isinstance(place.path[-1], int):
        return ()
    line, column, _, _ = reads
    changed = word(lines, Span(line + 1, column + 1, line + 2, 1), help.reads, name)
    if changed is None:
        return ()
    above = Span(span.line, 1, span.line, 1)
    return (Edit(above, f"{indent}{name}: {help.layer}\n"), changed)
