"""Diagnostics as documents for programs: JSON, SARIF, and the commands of GitHub's workflows."""

import json
import os
from collections.abc import Callable, Iterable, Mapping
from inspect import cleandoc
from pathlib import Path, PurePath
from urllib.parse import quote

from archspec.diagnostics.problems import Problem
from archspec.diagnostics.problems.problem import Findings, Notice
from archspec.diagnostics.render import visible
from archspec.diagnostics.spans import Edit, Label, Span


def uri(name: str, root: Path) -> str:
    """Give a relative reference below the root, percent-encoded, else a URI of the whole path.

    >>> uri("specs/my net.yaml", Path.cwd())
    'specs/my%20net.yaml'
    """
    path = path_below(name, root)
    return path.as_uri() if path.is_absolute() else quote(os.fsencode(path.as_posix()))


def path_below(name: str, root: Path) -> PurePath:
    """Make the name of a file relative to the root, where it stands below it.

    >>> path_below(str(Path.cwd() / "specs" / "net.yaml"), Path.cwd()).as_posix()
    'specs/net.yaml'
    """
    path = Path(os.path.abspath(name))
    return path.relative_to(root) if path.is_relative_to(root) else path


def with_remarks(lines: Iterable[str], notes: Iterable[str], help: str | None) -> list[str]:
    """Put the notes and the help below the lines of a message.

    >>> with_remarks(["no"], ["one"], "two")
    ['no', 'note: one', 'help: two']
    """
    remarks = [*lines, *(f"note: {note}" for note in notes)]
    return remarks if help is None else [*remarks, f"help: {help}"]


# --- JSON ---------------------------------------------------------------------------------------

VERSION = 1
"""What a document of ours means changes only with this number."""


def render_json(findings: Findings) -> str:
    """Write one object in ASCII, with `diagnostics`, `failures` and a `summary`.

    Lines and columns count from 1, columns in Unicode code points, and the end of a span is the
    column behind it. `span` is `null` where a problem belongs to no line. `file` is the name under
    which the spec was read, as in the messages. `edits` are the changes of that file that mend the
    problem, where it is certain how: each puts its `text` in the place of its `span`, and all of
    one problem are made together; of an empty span, in front of it. Where it is not certain,
    `alternatives` are the ways that `help` names: each is a list of edits that are made together,
    and one of them is chosen. Spans are those of the text before any change, so that they are made
    from the last to the first.

    >>> from pathlib import Path
    >>> json.loads(render_json(Findings((), (), "1.0.0", Path())))["diagnostics"]
    []
    """
    document = {
        "version": VERSION,
        "column_kind": "unicodeCodePoints",
        "diagnostics": [_json_diagnostic(item) for item in findings.diagnostics],
        "failures": [_failure(item) for item in findings.notices],
        "summary": {
            "errors": findings.count("error"),
            "warnings": findings.count("warning"),
            "failures": len(findings.notices),
        },
    }
    return json.dumps(document, indent=2) + "\n"


def _json_diagnostic(item: Problem) -> dict[str, object]:
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


# --- SARIF --------------------------------------------------------------------------------------

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LINE_ENDS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029"]
"""What ends a line in a spec, as in YAML 1.1; SARIF takes it for the first two alone."""

Object = dict[str, object]


def render_sarif(findings: Findings) -> str:
    """Write a log of one run as SARIF 2.1.0, in ASCII; without problems its `results` are empty.

    A mistake in a spec is a result. What kept a run from its work, such as a file that is not
    there, is a notification of the invocation.

    >>> from pathlib import Path
    >>> json.loads(render_sarif(Findings((), (), "1.0.0", Path())))["version"]
    '2.1.0'
    """
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(findings)]}
    return json.dumps(log, indent=2) + "\n"


def _run(findings: Findings) -> Object:
    kinds = list(dict.fromkeys(map(type, findings.diagnostics)))
    rules = [_rule(kind) for kind in kinds]
    driver = {"name": "archspec", "semanticVersion": findings.version, "rules": rules}
    return {
        "tool": {"driver": driver},
        "invocations": [_invocation(findings.notices)],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": _LINE_ENDS,
        "results": [
            _result(item, kinds.index(type(item)), findings) for item in findings.diagnostics
        ],
    }


def _rule(problem: type[Problem]) -> Object:
    explanation = cleandoc(problem.__doc__ or problem.slug)
    first = " ".join(explanation.partition("\n\n")[0].split())
    return {
        "id": problem.slug,
        "shortDescription": {"text": first},
        "help": {"text": explanation},
        "defaultConfiguration": {"level": problem.level},
        "properties": {"tags": [problem.category]},
    }


def _invocation(notices: tuple[Notice, ...]) -> Object:
    return {
        "executionSuccessful": not notices,
        "toolExecutionNotifications": [_notification(notice) for notice in notices],
    }


def _notification(notice: Notice) -> Object:
    remarks = with_remarks([notice.message], (), notice.help)
    return {
        "level": "error",
        "descriptor": {"id": notice.kind},
        "message": {"text": "\n".join(remarks)},
    }


def _result(item: Problem, rule: int, findings: Findings) -> Object:
    """Tell one problem, with the changes that mend it where it is certain how.

    Braces stay single, though the standard asks to double them: whoever fills no arguments in
    shows the text as it is.
    """
    file: Object = {"artifactLocation": {"uri": uri(item.file, findings.root)}}
    remarks = with_remarks([item.message], item.notes, item.help)
    return {
        "ruleId": item.slug,
        "ruleIndex": rule,
        "level": item.severity,
        "message": {"text": "\n".join(remarks)},
        "locations": [_location(file, item.span, item.label)],
        "relatedLocations": [_related(file, label) for label in item.related],
        **_fixes(item, file),
    }


def _fixes(item: Problem, file: Object) -> Object:
    """Give each way to mend a problem as one fix: its changes belong together."""
    ways = (item.edits,) if item.edits else item.alternatives
    if not ways:
        return {}
    description: Object = {} if item.help is None else {"description": {"text": item.help}}
    return {"fixes": [{**description, **_fix(file, way)} for way in ways]}


def _fix(file: Object, edits: tuple[Edit, ...]) -> Object:
    replacements = [_replacement(edit) for edit in edits]
    return {"artifactChanges": [{**file, "replacements": replacements}]}


def _replacement(edit: Edit) -> Object:
    return {"deletedRegion": _region(edit.span), "insertedContent": {"text": edit.text}}


def _related(file: Object, label: Label) -> Object:
    return _location(file, label.span, label.text)


def _location(file: Object, span: Span | None, text: str | None) -> Object:
    # Code hosts refuse a place without a line, and show the first one for the whole file.
    region = {"startLine": 1} if span is None else _region(span)
    place = {**file, "region": region}
    message = {} if text is None else {"message": {"text": text}}
    return {"physicalLocation": place, **message}


def _region(span: Span) -> Object:
    return {
        "startLine": span.line,
        "startColumn": span.column,
        "endLine": span.end_line,
        "endColumn": span.end_column,
    }


# --- GitHub -------------------------------------------------------------------------------------

_IN_MESSAGES = str.maketrans({"%": "%25", "\r": "%0D", "\n": "%0A"})
_IN_PROPERTIES = _IN_MESSAGES | str.maketrans({":": "%3A", ",": "%2C"})


def render_github(findings: Findings) -> str:
    r"""Write the command of a workflow for each problem, which annotates a line of a pull request.

    >>> from pathlib import Path
    >>> nothing = Notice("file", "`a.yaml`: there is no such file")
    >>> render_github(Findings((), (nothing,), "1.0.0", Path()))
    '::error title=file::`a.yaml`: there is no such file\n'
    """
    lines = [_github_command(item, findings) for item in findings.diagnostics]
    lines += [_notice(item) for item in findings.notices]
    return "".join(f"{line}\n" for line in lines)


def _github_command(item: Problem, findings: Findings) -> str:
    file = path_below(item.file, findings.root).as_posix()
    place = {} if item.span is None else _place(item.span)
    return _command(item.severity, {"file": file, **place, "title": item.slug}, _remarks(item))


def _place(span: Span) -> dict[str, object]:
    """Give lines and columns; columns of two lines would be refused."""
    lines: dict[str, object] = {"line": span.line, "endLine": span.end_line}
    if span.line != span.end_line:
        return lines
    return {**lines, "col": span.column, "endColumn": span.end_column}


def _remarks(item: Problem) -> list[str]:
    """Tell everything in the message: an annotation shows no other place."""
    message = item.message if item.label is None else f"{item.message} ({item.label})"
    others = (f"line {label.span.line}: {label.text}" for label in item.related)
    return with_remarks([message, *others], item.notes, item.help)


def _notice(item: Notice) -> str:
    remarks = with_remarks([item.message], (), item.help)
    return _command("error", {"title": item.kind}, remarks)


def _command(kind: str, properties: dict[str, object], lines: Iterable[str]) -> str:
    given = ",".join(f"{name}={_property(value)}" for name, value in properties.items())
    text = "\n".join(_inert(line) for line in lines)
    return f"::{kind} {given}::{text.translate(_IN_MESSAGES)}"


def _property(value: object) -> str:
    return _inert(str(value)).translate(_IN_PROPERTIES)


def _inert(text: str) -> str:
    """Make every character visible, as a log is shown by something like a terminal."""
    return "".join(visible(character) for character in text)


RENDERERS: Mapping[str, Callable[[Findings], str]] = {
    "json": render_json,
    "sarif": render_sarif,
    "github": render_github,
}
"""How each format is written."""
