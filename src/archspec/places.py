"""Lead from places in the document to places in the YAML, and tell findings there."""

from archspec.diagnostics import Diagnostic, Place, Problem
from archspec.elaborate import Finding, Followed
from archspec.source import Source
from archspec.spec import yaml_path


def locate(source: Source, place: Place) -> Place | None:
    """Give the place in the YAML; `None` for what was said on the command line."""
    if place.path and str(place.path[0]).startswith("--"):
        return None
    return Place(yaml_path(source.data, place.path), place.key, place.offset)


def told(source: Source, problem: Problem, place: Place) -> Diagnostic:
    """Tell a problem at a place of the document."""
    where = locate(source, place)
    if where is None:
        option = " ".join(str(step) for step in place.path)
        problem.notes += (f"`{option}` was given beside the spec",)
    return source.diagnostic(problem, where)


def told_finding(source: Source, finding: Finding) -> Diagnostic:
    """Tell a finding of the elaboration, with where its operands come from and who called."""
    where = locate(source, finding.place)
    if where is None:
        return told(source, finding.problem, finding.place)
    related = tuple(
        (Place(yaml_path(source.data, place.path), place.key), text)
        for place, text in finding.related
    )
    finding.problem.notes += tuple(_call(source, call) for call in finding.calls[-1:])
    return source.diagnostic(finding.problem, where, related)


def _call(source: Source, call: Followed) -> str:
    path = call.path
    if path[0] == "blocks" and len(path) == 2:
        return f"in block `{call.name}`, which nothing calls here"
    line = source.span(Place(yaml_path(source.data, path), key=True)).line
    told = f"in block `{call.name}`, called at line {line}"
    return f"{told}, in its repetition {call.repetition}" if call.repetition else told
