"""The door: a text becomes data with positions, or errors with positions."""

from pathlib import Path
from typing import Any

import yaml

from archspec.diagnostics import Problem, SpecError
from archspec.source.reader import FASTEST, Reader, parse
from archspec.source.source import Source, in_text
from archspec.source.syntax import explain, refuse_directive
from archspec.source.text import DEFAULT, Limits, Stop, split


def read(
    text: str | bytes,
    name: str,
    limits: Limits = DEFAULT,
    *,
    folder: Path | None = None,
    loader: type[Any] = FASTEST,
) -> Source:
    """Read one document; errors that do not stop the reader are in the source, others are raised.

    `folder` is where the files stand that it may name; without one it may name shipped specs.

    >>> read("conv1: {op: conv2d, kernel_size: 7}", "net.yaml").data
    {'conv1': {'op': 'conv2d', 'kernel_size': 7}}
    """
    lines = split(text, name, limits)
    reader = Reader(lines, limits)
    try:
        refuse_directive(lines)
        data = reader.document(parse(lines, loader))
    except (Stop, yaml.MarkedYAMLError) as error:
        stop = error if isinstance(error, Stop) else explain(error, lines, reader.opened)
        raise SpecError(in_text(item, name, lines) for item in _with(stop, reader)) from None
    diagnostics = tuple(in_text(item, name, lines) for item in reader.problems)
    marks = (reader.values, reader.keys, reader.paths)
    return Source(name, lines, data, diagnostics, *marks, folder)


def read_value(text: str, name: str) -> object:
    """Read one value of the command line, by the same rules as a spec.

    >>> read_value("[3, 4, 23, 3]", "--set depths")
    [3, 4, 23, 3]
    """
    source = read(text, name)
    if source.diagnostics:
        raise SpecError(source.diagnostics)
    return source.data


def _with(stop: Stop, reader: Reader) -> list[Problem]:
    """Add the last problem, unless it is but the rest of an expression that a comma cut."""
    span = stop.problem.span
    assert span is not None
    if (span.line - 1, span.column - 1) < reader.cut_end:
        return reader.problems
    return [*reader.problems, stop.problem]
