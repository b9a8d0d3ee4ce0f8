"""Diagnostics as JSON: a document of our own, whose meaning changes only with its `version`.

Lines and columns count from 1, columns in Unicode code points, and the end of a span is the column
behind it. `span` is `null` where a problem belongs to no line. `file` is the name under which the
spec was read, as in the messages. `edits` are the changes of that file that mend the problem, where
it is certain how: each puts its `text` in the place of its `span`, and all of one problem are made
together; of an empty span, in front of it. Where it is not certain, `alternatives` are the ways
that `help` names: each is a list of edits that are made together, and one of them is chosen. Spans
are those of the text before any change, so that they are made from the last to the first.
"""

import json

from archspec.diagnostics.diagnostic import Diagnostic, Edit, Label
from archspec.diagnostics.formats.findings import Findings, Notice
from archspec.diagnostics.spans import Span

VERSION = 1


def render(findings: Findings) -> str:
    """Write one object in ASCII, with `diagnostics`, `failures` and a `summary`.

    >>> from pathlib import Path
    >>> json.loads(render(Findings((), (), "1.0.0", Path())))["diagnostics"]
    []
    """
    document = {
        "version": VERSION,
        "column_kind": "unicodeCodePoints",
        "diagnostics": [_diagnostic(item) for item in findings.diagnostics],
        "failures": [_failure(item) for item in findings.notices],
        "summary": {
            "errors": findings.count("error"),
            "warnings": findings.count("warning"),
            "failures": len(findings.notices),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _diagnostic(item: Diagnostic) -> dict[str, object]:
    return {
        "slug": item.slug,
        "severity": item.severity,
        "message": item.message,
        "file": item.file,
        "span": None if item.span is None else _span(item.span),
        "label": item.label,
        "related": [_label(label) for label in item.related],
        "notes": list(item.notes),
        "help": item.help,
        "edits": [_edit(edit) for edit in item.edits],
        "alternatives": [[_edit(edit) for edit in way] for way in item.alternatives],
    }


def _edit(edit: Edit) -> dict[str, object]:
    return {"span": _span(edit.span), "text": edit.text}


def _label(label: Label) -> dict[str, object]:
    return {"span": _span(label.span), "label": label.text}


def _span(span: Span) -> dict[str, object]:
    return {
        "start": {"line": span.line, "column": span.column},
        "end": {"line": span.end_line, "column": span.end_column},
    }


def _failure(notice: Notice) -> dict[str, object]:
    return {"kind": notice.kind, "message": notice.message, "help": notice.help}
