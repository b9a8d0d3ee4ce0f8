"""Diagnostics as text for people: the line, what is wrong in it, and how it is mended."""

import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass
from itertools import accumulate

from archspec.diagnostics.problems import Problem
from archspec.diagnostics.spans import Span

# --- a line of a spec: harmless in a terminal, cut to a width, columns kept ---------------------

WIDEST = 120
"""The most columns of a terminal that a shown line takes."""

_MARGIN = 24
_ELLIPSIS = "…"


@dataclass(frozen=True, slots=True)
class Excerpt:
    """A shown line, and the columns of a terminal at which each of its characters begins.

    `offset` characters of the line were not looked at; of the others `start` is the first shown,
    and `shift` the column at which it begins.
    """

    text: str
    columns: tuple[int, ...]
    offset: int
    start: int
    shift: int

    def reach(self, column: int, end_column: int) -> tuple[int, int]:
        r"""Give the terminal columns, from 0, of a span of characters, from 1; at least one wide.

        >>> excerpt("\ta: 1", 2, 3).reach(2, 3)
        (4, 5)
        """
        left = self._at(column - 1)
        return left, max(left + 1, self._at(end_column - 1))

    def _at(self, index: int) -> int:
        index, last = index - self.offset, len(self.columns) - 1
        column = self.columns[min(max(index, 0), last)] + max(0, index - last)
        return min(max(column - self.columns[self.start] + self.shift, 0), len_of(self.text) + 1)


def excerpt(line: str, column: int, end_column: int) -> Excerpt:
    r"""Show a line, and where it is long the part around a span, whose columns count from 1.

    >>> excerpt("name: \x1b[31mred", 1, 5).text
    'name: \\x1b[31mred'
    """
    # Of a line as long as a file only the surroundings are looked at.
    offset = max(0, column - 1 - WIDEST)
    near = line[offset : offset + 4 * WIDEST]
    shown = [visible(character) for character in near]
    columns = tuple(accumulate((len_of(text) for text in shown), initial=0))
    start, end = _window(columns, column - 1 - offset, end_column - 1 - offset)
    before = _ELLIPSIS if offset + start > 0 else ""
    after = _ELLIPSIS if offset + end < len(line) else ""
    text = before + "".join(shown[start:end]) + after
    return Excerpt(text, columns, offset, start, len(before))


def visible(character: str) -> str:
    r"""Write a character so that it is seen and does nothing: a tab as spaces, an escape as text.

    >>> visible("\t"), visible("\x1b"), visible("\u202e"), visible("é")
    ('    ', '\\x1b', '\\u202e', 'é')
    """
    if character.isprintable():
        return character
    if character == "\t":
        return "    "
    return character.encode("unicode_escape").decode("ascii")


def len_of(text: str) -> int:
    """Count the columns that a text takes in a terminal: two for a wide character, none for a mark.

    >>> len_of("conv"), len_of("卷积")
    (4, 4)
    """
    if text.isascii():
        return len(text)
    return sum(_width(character) for character in text)


def _width(character: str) -> int:
    if unicodedata.combining(character):
        return 0
    return 2 if unicodedata.east_asian_width(character) in "WF" else 1


def _window(columns: tuple[int, ...], first: int, last: int) -> tuple[int, int]:
    """Choose the characters to show: all, or those from a little before the span on."""
    count = len(columns) - 1
    if columns[-1] <= WIDEST:
        return 0, count
    first = min(max(first, 0), count)
    start = 0
    if columns[min(max(last, first), count)] >= WIDEST:
        start = _first_within(columns, columns[first] - _MARGIN)
    if columns[count] - columns[start] <= WIDEST:
        start = _first_within(columns, columns[count] - WIDEST)
    end = start
    while end < count and columns[end + 1] - columns[start] <= WIDEST:
        end += 1
    return start, end


def _first_within(columns: tuple[int, ...], column: int) -> int:
    return next(index for index, at in enumerate(columns) if at >= column)


_COLORS = {"error": "1;31", "warning": "1;33", "edge": "1;34", "bold": "1"}
_NO_PLACE = (0, 0)
_MOST = 100
"""The most problems that are shown with their lines; the summary counts all."""


@dataclass(frozen=True, slots=True)
class _Mark:
    """A span to underline, the sign that does it, and what is said beside it."""

    span: Span
    sign: str
    text: str


@dataclass(frozen=True, slots=True)
class _Paint:
    """Puts ANSI colors around a text, or does not."""

    color: bool

    def __call__(self, kind: str, text: str) -> str:
        return f"\x1b[{_COLORS[kind]}m{text}\x1b[0m" if self.color and text else text


def render_text(diagnostics: Iterable[Problem], *, color: bool = False) -> str:
    """Show each problem with its line and a caret, in the order of the text, and their number.

    >>> from archspec.diagnostics.problems import OutOfRange
    >>> where, lines = Span(1, 4, 1, 7), ("p: 1.5",)
    >>> wrong = OutOfRange("`p` is at most 1", file="a.yaml", span=where, lines=lines)
    >>> print(render_text([wrong]), end="")
    error[out-of-range]: `p` is at most 1
     --> a.yaml:1:4
      |
    1 | p: 1.5
      |    ^^^
    <BLANKLINE>
    1 error in a.yaml
    """
    ordered = _ordered(diagnostics)
    if not ordered:
        return ""
    paint = _Paint(color)
    blocks = ["\n".join(_block(item, paint)) for item in ordered[:_MOST]]
    return "\n\n".join([*blocks, _summary(ordered)]) + "\n"


def render_lines(diagnostics: Iterable[Problem]) -> str:
    r"""Tell each problem in one line, as compilers do.

    >>> from archspec.diagnostics.problems import Syntax
    >>> render_lines([Syntax("a tab", file="a.yaml", span=Span(2, 1, 2, 2))])
    'a.yaml:2:1: error[syntax]: a tab\n'
    """
    return "".join(
        f"{_place(item)}: {_title(item)}: {_inert(item.message)}\n"
        for item in _ordered(diagnostics)
    )


def _ordered(diagnostics: Iterable[Problem]) -> list[Problem]:
    return sorted(diagnostics, key=_position)


def _position(diagnostic: Problem) -> tuple[int, int]:
    span = diagnostic.span
    return _NO_PLACE if span is None else (span.line, span.column)


def _title(diagnostic: Problem) -> str:
    return f"{diagnostic.severity}[{diagnostic.slug}]"


def _place(diagnostic: Problem) -> str:
    file, span = _inert(diagnostic.file), diagnostic.span
    return file if span is None else f"{file}:{span.line}:{span.column}"


def _inert(text: str) -> str:
    """Make every character of a text visible, so that a terminal does nothing with it."""
    return text if text.isprintable() else "".join(visible(character) for character in text)


def _summary(diagnostics: list[Problem]) -> str:
    counts = Counter(item.severity for item in diagnostics)
    files = ", ".join(dict.fromkeys(_inert(item.file) for item in diagnostics))
    totals = [_counted(counts[kind], kind) for kind in ("error", "warning") if counts[kind]]
    more = f", of which {_MOST} are shown" if len(diagnostics) > _MOST else ""
    return f"{', '.join(totals)} in {files}{more}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- one problem --------------------------------------------------------------------------------


def _block(diagnostic: Problem, paint: _Paint) -> list[str]:
    marks = _marks(diagnostic)
    margin = len(str(max((mark.span.line for mark in marks), default=1)))
    bar = paint("edge", " " * margin + " |")
    block = [
        paint(diagnostic.severity, _title(diagnostic))
        + paint("bold", f": {_inert(diagnostic.message)}"),
        " " * margin + paint("edge", "-->") + f" {_place(diagnostic)}",
    ]
    if marks:
        block.append(bar)
    for line in sorted({mark.span.line for mark in marks}):
        here = [mark for mark in marks if mark.span.line == line]
        block += _shown_line(diagnostic, line, here, margin, paint)
    return block + _remarks(diagnostic, margin, paint)


def _marks(diagnostic: Problem) -> list[_Mark]:
    """List what is underlined, as far as its line is at hand."""
    marks = [_Mark(label.span, "-", label.text) for label in diagnostic.related]
    if diagnostic.span is not None:
        marks.append(_Mark(diagnostic.span, "^", diagnostic.label or ""))
    return [mark for mark in marks if mark.span.line <= len(diagnostic.lines)]


def _shown_line(
    diagnostic: Problem, line: int, marks: list[_Mark], margin: int, paint: _Paint
) -> list[str]:
    text = diagnostic.lines[line - 1]
    primary = next((mark for mark in marks if mark.sign == "^"), marks[0])
    shown = excerpt(text, primary.span.column, _end(primary.span, text))
    number = paint("edge", f"{line:>{margin}} |")
    block = [f"{number} {shown.text}".rstrip()]
    for mark in sorted(marks, key=lambda mark: (mark.sign == "-", mark.span)):
        left, right = shown.reach(mark.span.column, _end(mark.span, text))
        right = min(right, max(left + 1, len_of(shown.text)))
        signs = f"{mark.sign * (right - left)} {_inert(mark.text)}".rstrip()
        kind = diagnostic.severity if mark.sign == "^" else "edge"
        block.append(paint("edge", " " * margin + " |") + " " * (left + 1) + paint(kind, signs))
    return block


def _end(span: Span, text: str) -> int:
    """Give the column behind a span, on its first line."""
    return span.end_column if span.end_line == span.line else len(text) + 1


def _remarks(diagnostic: Problem, margin: int, paint: _Paint) -> list[str]:
    remarks = [("note", text) for text in diagnostic.notes]
    if diagnostic.help is not None:
        remarks.append(("help", diagnostic.help))
    equals = " " * margin + " " + paint("edge", "=")
    return [f"{equals} {paint('bold', kind)}: {_inert(text)}" for kind, text in remarks]
