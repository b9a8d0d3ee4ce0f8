"""What the tests of the door share: a spec to read, both parsers, and what is wrong with a text."""

from typing import Any

import yaml

from archspec.diagnostics import Problem, SpecError
from archspec.source import read

Loader = type[Any]
LOADERS: list[Loader] = [yaml.CSafeLoader, yaml.SafeLoader]

SAMPLE = """\
archspec: 1
name: "Ré\\tsNet"   # a comment
params: {depths: [3, 4, 6, 3], rate: 1e-5, on: true}
shared: &shared [1, 2]
blocks:
  bottleneck:
    params: {planes: int, stride: 1}
    layers:
      conv1: {op: conv2d, out_channels: 4 * planes, bias: false}
      0: batch_norm2d
      again: *shared
description: |
  two
  lines
empty:
"""


def found(text: str | bytes, loader: Loader = yaml.CSafeLoader) -> tuple[Problem, ...]:
    """List all that is wrong with a text, whether or not it ends the reading."""
    try:
        return read(text, "net.yaml", loader=loader).diagnostics
    except SpecError as error:
        return error.diagnostics


def tell(diagnostic: Problem) -> str:
    """Say in one line what is wrong, and where."""
    span = diagnostic.span
    place = "-" if span is None else f"{span.line}:{span.column}"
    return f"{diagnostic.slug} {place} {diagnostic.message}"
