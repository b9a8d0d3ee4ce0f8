"""The shipped networks with several inputs or outputs, shared weights, taps, or free sizes.

Keys and shapes are compared with torchvision's, counts with those that were published, and sizes
with symbols in them with the checker at fixed sizes. Nothing is built or run here.
"""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain
from math import prod
from pathlib import Path
from random import Random

import pytest
from torch import nn
from vision import import_torchvision

import archspec
from archspec.analysis import check_claims
from archspec.api import Architecture
from archspec.diagnostics import Diagnostic
from archspec.diagnostics.render import render_text
from archspec.graph import Leaf, Network, instances, key_of
from archspec.library import shipped
from archspec.pipeline import Outcome, Settings, compile
from archspec.source import read
from archspec.tensors import Tensor

SPECS = {spec.name: spec.path for spec in shipped()}


def shapes_by_key(network: Network) -> list[tuple[str, tuple[int, ...]]]:
    """List what the `state_dict` will hold, in its order."""
    found = []
    for path, leaf in instances(network.model):
        for name, shape in (*leaf.weights.items(), *leaf.buffers.items()):
            found.append((key_of(path, name), shape))
    return found


def theirs(module: nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    return [(key, tuple(value.shape)) for key, value in module.state_dict().items()]


def compiled(text: str, **settings: object) -> Outcome:
    folder = SPECS["resnet50"].parent
    return compile(read(text, "spec.yaml", folder=folder), Settings(**settings))  # type: ignore[arg-type]


def network(text: str) -> Network:
    outcome = compiled(text)
    assert outcome.network is not None, render_text(outcome.diagnostics)
    return outcome.network


def errors(text: str) -> list[tuple[str, str]]:
    """Give what is wrong with a text: the problem's code and the line on which it is told."""
    found: tuple[Diagnostic, ...] = compiled(text).diagnostics
    return [(item.code, text.splitlines()[item.span.line - 1].strip()) for item in found]
