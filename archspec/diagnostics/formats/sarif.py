"""Diagnostics as SARIF 2.1.0, which editors and code hosts read.

A mistake in a spec is a result. What kept a run from its work, such as a file that is not there,
is a notification of the invocation.
"""

import json
from inspect import cleandoc

from archspec.diagnostics.diagnostic import Diagnostic, Edit, Label
from archspec.diagnostics.formats.findings import Findings, Notice
from archspec.diagnostics.formats.names import uri
from archspec.diagnostics.formats.wording import with_remarks
from archspec.diagnostics.problems import Problem
from archspec.diagnostics.spans import Span

_SCHEMA = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
_LINE_ENDS = ["\r\n", "\n", "\r", "\x85", "\u2028", "\u2029"]
"""What ends a line in a spec, as in YAML 1.1; SARIF takes it for the first two alone."""

Object = dict[str, object]


def render(findings: Findings) -> str:
    """Write a log of one run, in ASCII; without problems its `results` are empty.

    >>> from pathlib import Path
    >>> json.loads(render(Findings((), (), "1.0.0", Path())))["version"]
    '2.1.0'
    """
    log = {"$schema": _SCHEMA, "version": "2.1.0", "runs": [_run(findings)]}
    return json.dumps(log, indent=2) + "\n"


def _run(findings: Findings) -> Object:
    problems = list(dict.fromkeys(item.problem for item in findings.diagnostics))
    rules = [_rule(problem) for problem in problems]
    driver = {"name": "archspec", "semanticVersion": findings.version, "rules": rules}
    return {
        "tool": {"driver": driver},
        "invocations": [_invocation(findings.notices)],
        "columnKind": "unicodeCodePoints",
        "newlineSequences": _LINE_ENDS,
        "results": [
            _result(item, problems.index(item.problem), findings) for item in findings.diagnostics
        ],
    }


def _rule(problem: type[Problem]) -> Object:
    explanation = cleandoc(problem.__doc__ or problem.slug)
    first = " ".join(explanation.partition("\n\n")[0].split())
    return {
        "id": problem.slug,
        "shortDescription": {"text": first},
        "help": {"text": explanation},
        "defaultConfiguration": {"level": problem.severity},
        "properties": {"tags": [problem.category]},
    }


def _invocation(notices: tuple[Notice, ...]) -> Object:
    return {
        "executionSuccessful": not notices,
        "toolExecutionNotifications": [_notification(notice) for notice in notices],
    }


def _notification(notice: Notice) -> Object:
    told = with_remarks([notice.message], (), notice.help)
    return {
        "level": "error",
        "descriptor": {"id": notice.kind},
        "message": {"text": "\n".join(told)},
    }


def _result(item: Diagnostic, rule: int, findings: Findings) -> Object:
    """Tell one problem, with the changes that mend it where it is certain how.

    Braces stay single, though the standard asks to double them: whoever fills no arguments in
    shows the text as it is.
    """
    file: Object = {"artifactLocation": {"uri": uri(item.file, findings.root)}}
    told = with_remarks([item.message], item.notes, item.help)
    return {
        "ruleId": item.slug,
        "ruleIndex": rule,
        "level": item.severity,
        "message": {"text": "\n".join(told)},
        "locations": [_location(file, item.span, item.label)],
        "relatedLocations": [_related(file, label) for label in item.related],
        **_fixes(item, file),
    }


def _fixes(item: Diagnostic, file: Object) -> Object:
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
