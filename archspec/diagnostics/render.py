"""Diagnostics as text for people: the line, what is wrong in it, and how it is mended."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.excerpt import excerpt, len_of, visible
from archspec.diagnostics.spans import Span

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


def render_text(diagnostics: Iterable[Diagnostic], *, color: bool = False) -> str:
    """Show each problem with its line and a caret, in the order of the text, and their number.

    >>> from archspec.diagnostics.problems import OutOfRange
    >>> where, lines = Span(1, 4, 1, 7), ("p: 1.5",)
    >>> wrong = Diagnostic(OutOfRange, "`p` is at most 1", "a.yaml", where, lines=lines)
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


def render_lines(diagnostics: Iterable[Diagnostic]) -> str:
    r"""Tell each problem in one line, as compilers do.

    >>> from archspec.diagnostics.problems import Syntax
    >>> render_lines([Diagnostic(Syntax, "a tab", "a.yaml", Span(2, 1, 2, 2))])
    'a.yaml:2:1: error[syntax]: a tab\n'
    """
    return "".join(
        f"{_place(item)}: {_title(item)}: {_inert(item.message)}\n"
        for item in _ordered(diagnostics)
    )


def _ordered(diagnostics: Iterable[Diagnostic]) -> list[Diagnostic]:
    return sorted(diagnostics, key=_position)


def _position(diagnostic: Diagnostic) -> tuple[int, int]:
    span = diagnostic.span
    return _NO_PLACE if span is None else (span.line, span.column)


def _title(diagnostic: Diagnostic) -> str:
    return f"{diagnostic.severity}[{diagnostic.slug}]"


def _place(diagnostic: Diagnostic) -> str:
    file, span = _inert(diagnostic.file), diagnostic.span
    return file if span is None else f"{file}:{span.line}:{span.column}"


def _inert(text: str) -> str:
    """Make every character of a text visible, so that a terminal does nothing with it."""
    return text if text.isprintable() else "".join(visible(character) for character in text)


def _summary(diagnostics: list[Diagnostic]) -> str:
    counts = Counter(item.severity for item in diagnostics)
    files = ", ".join(dict.fromkeys(_inert(item.file) for item in diagnostics))
    told = [_counted(counts[kind], kind) for kind in ("error", "warning") if counts[kind]]
    more = f", of which {_MOST} are shown" if len(diagnostics) > _MOST else ""
    return f"{', '.join(told)} in {files}{more}"


def _counted(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


# --- one problem --------------------------------------------------------------------------------


def _block(diagnostic: Diagnostic, paint: _Paint) -> list[str]:
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


def _marks(diagnostic: Diagnostic) -> list[_Mark]:
    """List what is underlined, as far as its line is at hand."""
    marks = [_Mark(label.span, "-", label.text) for label in diagnostic.related]
    if diagnostic.span is not None:
        marks.append(_Mark(diagnostic.span, "^", diagnostic.label or ""))
    return [mark for mark in marks if mark.span.line <= len(diagnostic.lines)]


def _shown_line(
    diagnostic: Diagnostic, line: int, marks: list[_Mark], margin: int, paint: _Paint
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


def _remarks(diagnostic: Diagnostic, margin: int, paint: _Paint) -> list[str]:
    told = [("note", text) for text in diagnostic.notes]
    if diagnostic.help is not None:
        told.append(("help", diagnostic.help))
    equals = " " * margin + " " + paint("edge", "=")
    return [f"{equals} {paint('bold', kind)}: {_inert(text)}" for kind, text in told]
