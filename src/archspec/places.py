"""Lead from places in the document to places in the YAML, and tell findings there."""

from archspec.diagnostics import Diagnostic, Path, Place, Problem
from archspec.elaborate import Finding, Followed
from archspec.source import Source

_TRANSPARENT = frozenset(["layers", "body", "arguments", "parameters", "layer", "shape", "default"])
"""Steps of the document that the YAML may leave out: short forms, arguments among the keys."""


def yaml_path(data: object, path: Path) -> Path:
    """Find a node of the document in the YAML's own structure, as far as it goes.

    >>> yaml_path({"layers": ["relu", ["relu"]]}, ("layers", "1", "body", "layers", "0"))
    ('layers', 1, 0)
    """
    found: list[str | int] = []
    for step in path:
        if isinstance(data, dict) and step in data:
            found.append(step)
            data = data[step]
        elif isinstance(data, list) and str(step).isdigit() and int(step) < len(data):
            found.append(int(step))
            data = data[int(step)]
        elif step not in _TRANSPARENT:
            break
    return tuple(found)


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
