"""Say what the names in an expression are, and where each of them was given its value."""

from collections.abc import Iterator
from typing import NamedTuple

from archspec.diagnostics import Path, Problem
from archspec.expressions import parse
from archspec.graph import Kind, Network
from archspec.provenance.found import Body


class Said(NamedTuple):
    """One name: how deep it stands under the size, what is told of it, and where that is said."""

    depth: int
    text: str
    place: Path


MOST_DEEP = 6


def said(network: Network, body: Body, raw: object, depth: int = 1) -> Iterator[Said]:
    """Explain the names in what was written, and those in what they are made of."""
    if isinstance(raw, list):
        for item in raw:
            yield from said(network, body, item, depth)
        return
    for name in _names(raw) if isinstance(raw, str) and depth <= MOST_DEEP else ():
        yield from _name(network, body, name, depth)


def _names(raw: str) -> list[str]:
    try:
        found = parse(raw).names
    except Problem:
        return []
    return sorted(found - {"true", "false"}, key=raw.index)


def _name(network: Network, body: Body, name: str, depth: int) -> Iterator[Said]:
    definition = body.module.definition
    if name == "index" and body.index is not None:
        yield Said(depth, f"index = {body.index}, the number of the repetition", ())
        return
    if definition is not None and name in definition.let:
        raw, value = definition.let[name], body.module.scope.get(name)
        yield Said(depth, f"{name} = {_equal(name, raw, value)}", (*body.module.path, "let", name))
        yield from said(network, body, raw, depth + 1)
        return
    parameters = getattr(definition, "params", {})
    if name in parameters:
        yield from _parameter(network, body, name, depth)
    elif body.around is not None and body.module.kind is not Kind.BLOCK:
        yield from _name(network, body.around, name, depth)
    elif body.around is not None:
        yield from _name(network, _outermost(body), name, depth)


def _parameter(network: Network, body: Body, name: str, depth: int) -> Iterator[Said]:
    value = body.module.scope.get(name)
    if body.call is not None and body.around is not None:
        passed = body.call.origin.arguments
        if name in passed:
            place = (*body.call.path, name)
            yield Said(depth, f"{name} = {_equal(name, passed[name], value)}", place)
            yield from said(network, _caller(body), passed[name], depth + 1)
            return
    chosen = body.around is None and name in network.chosen
    text = ", as it was set" if chosen else ", its default"
    parameter = getattr(body.module.definition, "params", {})[name]
    raw = parameter.default if parameter.computed and not chosen else value
    yield Said(
        depth, f"{name} = {_equal(name, raw, value)}{text}", (*body.module.path, "params", name)
    )
    if parameter.computed and not chosen:
        yield from said(network, body, raw, depth + 1)


def _caller(body: Body) -> Body:
    """Give the body in which a block is called: that around its repetitions."""
    assert body.around is not None
    return body.around


def _outermost(body: Body) -> Body:
    while body.around is not None:
        body = body.around
    return body


def _equal(name: str, raw: object, value: object) -> str:
    """Write an expression with its value; a number, or the same name again, alone.

    >>> _equal("width", "4 * planes", 256), _equal("width", 64, 64), _equal("k", "k", 3)
    ('4 * planes = 256', '64', '3')
    """
    text = _shown(value)
    return text if not isinstance(raw, str) or raw in (text, name) else f"{raw} = {text}"


def _shown(value: object) -> str:
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(_shown, value))}]"
    if isinstance(value, bool):
        return str(value).lower()
    layer = getattr(value, "layer", None)
    return str(value) if layer is None else "a layer"
