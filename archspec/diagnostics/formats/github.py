"""Diagnostics as commands of a GitHub workflow, which become annotations of a pull request."""

from collections.abc import Iterable

from archspec.diagnostics.diagnostic import Diagnostic
from archspec.diagnostics.excerpt import visible
from archspec.diagnostics.formats.findings import Findings, Notice
from archspec.diagnostics.formats.names import path_below
from archspec.diagnostics.formats.wording import with_remarks
from archspec.diagnostics.spans import Span

_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def render(findings: Findings) -> str:
    r"""Write a line for each problem, and nothing where there is none.

    >>> from pathlib import Path
    >>> nothing = Notice("file", "`a.yaml`: there is no such file")
    >>> render(Findings((), (nothing,), "1.0.0", Path()))
    '::error title=file::`a.yaml`: there is no such file\n'
    """
    lines = [_diagnostic(item, findings) for item in findings.diagnostics]
    lines += [_notice(item) for item in findings.notices]
    return "".join(f"{line}\n" for line in lines)


def _diagnostic(item: Diagnostic, findings: Findings) -> str:
    file = path_below(item.file, findings.root).as_posix()
    place = {} if item.span is None else _place(item.span)
    return _command(item.severity, {"file": file, **place, "title": item.slug}, _told(item))


def _place(span: Span) -> dict[str, object]:
    """Give lines and columns; columns of two lines would be refused."""
    lines: dict[str, object] = {"line": span.line, "endLine": span.end_line}
    if span.line != span.end_line:
        return lines
    return {**lines, "col": span.column, "endColumn": span.end_column}


def _told(item: Diagnostic) -> list[str]:
    """Tell everything in the message: an annotation shows no other place."""
    message = item.message if item.label is None else f"{item.message} ({item.label})"
    others = (f"line {label.span.line}: {label.text}" for label in item.related)
    return with_remarks([message, *others], item.notes, item.help)


def _notice(item: Notice) -> str:
    told = with_remarks([item.message], (), item.help)
    return _command("error", {"title": item.kind}, told)


def _command(kind: str, properties: dict[str, object], lines: Iterable[str]) -> str:
    told = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join(_inert(line) for line in lines)
    return f"::{kind} {told}::{text.translate(_IN_MESSAGES)}"


def _property(value: object) -> str:
    return _inert(str(value)).translate(_IN_PROPERTIES)


def _inert(text: str) -> str:
    """Make every character visible, as a log is shown by something like a terminal."""
    return "".join(visible(character) for character in text)
