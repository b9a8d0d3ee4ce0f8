"""Specs that random search found to be emitted wrongly, or not at all; and classes that are one."""

import ast
import re
from collections.abc import Callable
from functools import partial
from inspect import signature
from pathlib import Path
from typing import Any

import pytest
import torch
from support.emitting import architecture as compiled
from support.emitting import emitted_class, minimal
from support.paths import DATA
from support.random_specs.comparing import same
from support.sizes import numbers
from torch import nn

import archspec

FOUND = DATA / "emission"
FILES = [*FOUND.glob("*.yaml"), *FOUND.glob("*/main.yaml")]
PINNED = (
    "absent_number_in_a_splice.yaml",
    "absent_with_other_arguments.yaml",
    "combination_of_conditions.yaml",
    "init_after_a_splice.yaml",
    "repeated_none_or_some.yaml",
    "stride_that_changes_no_size.yaml",
)
"""Those of which the class is built for the values that the spec has."""


@pytest.mark.parametrize("path", FILES, ids=lambda path: str(path.relative_to(FOUND)))
def test_a_spec_that_once_failed_is_built_and_agrees_with_set(path: Path) -> None:
    built = archspec.load(path)
    assert built.verify().values > 0
    made = emitted_class(built.to_source(), built.network.model.name)
    for values in overrides(path):
        taken = values.keys() <= signature(made).parameters.keys()
        assert taken is (path.name not in PINNED)
        if taken:
            other = archspec.load(path, **values)
            shapes = [tensor.shape[1:] for tensor in other.network.model.inputs.values()]
            given = [torch.randn(2, *numbers(shape)) for shape in shapes]
            same(seeded(partial(made, **values)), seeded(other.to_torch), given, values)


def seeded(build: Callable[[], nn.Module]) -> nn.Module:
    """Build a module with the same random numbers each time."""
    torch.manual_seed(0)
    return build()


def overrides(path: Path) -> list[dict[str, Any]]:
    """Read for which parameters a spec failed, from its first line."""
    first = path.read_text().splitlines()[0]
    found: list[dict[str, Any]] = (
        ast.literal_eval(first.partition(":")[2].strip()) if first.startswith("# over") else []
    )
    return found


UNIT = """
blocks:
  unit:
    params: {width: int, stride: 1, times: 1}
    layers:
      split: {op: chunk, chunks: 2, dim: 1, when: stride == 1}
      conv: {op: conv2d, from: split.0, out_channels: width, kernel_size: 3, stride: stride}
      more: {op: conv2d, out_channels: in_channels, kernel_size: 1, repeat: times}
"""

ONE_CLASS = {
    "a size that depends on a condition": "  a: {block: unit, width: 4}\n"
    "  b: {block: unit, width: 6, stride: 2}\n  c: {block: unit, width: 8}\n",
    "no repetition in some uses": "  a: {block: unit, width: 4, times: 0}\n"
    "  b: {block: unit, width: 6, times: 3}\n",
    "few repetitions in some uses": "  a: {block: unit, width: 4}\n"
    "  b: {block: unit, width: 6, times: 3}\n",
}


@pytest.mark.parametrize("name", ONE_CLASS)
def test_one_class_says_all_uses(name: str) -> None:
    built = compiled(minimal(ONE_CLASS[name], UNIT, "[N, 4, 16, 16]"))
    assert built.verify().values > 0
    assert re.findall(r"^class (\w+)", built.to_source(), re.MULTILINE) == ["Unit", "Net"]


def test_a_spec_that_is_used_twice_is_one_class(tmp_path: Path) -> None:
    head = "archspec: 1\nname: {}\ninput: [N, 3, 8, 8]\n"
    inner = "params: {width: 4}\nlayers: [{op: conv2d, out_channels: width, kernel_size: 1}]\n"
    (tmp_path / "inner.yaml").write_text(head.format("Inner") + inner)
    outer = "layers: [{spec: inner.yaml}, {spec: inner.yaml, width: 6}]\n"
    (tmp_path / "outer.yaml").write_text(head.format("Outer") + outer)
    built = archspec.load(tmp_path / "outer.yaml")
    assert built.verify().values > 0
    assert re.findall(r"^class (\w+)", built.to_source(), re.MULTILINE) == ["Inner", "Outer"]


def test_several_classes_of_a_block_say_for_what_they_are() -> None:
    head = (
        "blocks:\n  unit:\n    params: {wide: bool}\n    layers:\n"
        "      a: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
        "      b: {splice: true, when: wide, layers: {c: relu, d: {op: conv2d, out_channels: 4, "
        "kernel_size: 1}}}\n"
    )
    layers = "  one: {block: unit, wide: true}\n  two: {block: unit, wide: false}\n"
    source = compiled(minimal(layers, head)).to_source()
    assert '"""The block `unit` of Net with wide = True."""' in source
    assert '"""The block `unit` of Net with wide = False."""' in source


DENSE = """
blocks:
  grow:
    params: {times: int}
    layers:
      unit:
        repeat: times
        layers:
          conv: {op: conv2d, out_channels: growth, kernel_size: 1}
          cat: {op: cat, from: [input, conv], dim: 1}
"""


def test_a_long_size_that_is_said_twice_has_a_name() -> None:
    layers = (
        "  stem: {op: conv2d, out_channels: stem, kernel_size: 3}\n"
        '  one: {block: grow, times: "depths[0]"}\n  down: {op: conv2d, out_channels: '
        'in_channels // 2, kernel_size: 1}\n  two: {block: grow, times: "depths[1]"}\n'
        "  norm: batch_norm2d\n  end: {op: conv2d, out_channels: in_channels // 2, "
        "kernel_size: 1}\n  last: batch_norm2d\n"
    )
    text = minimal(layers, "params: {depths: [2, 3], growth: 4, stem: 8}" + DENSE)
    source = compiled(text).to_source()
    assert "down_channels = one_channels // 2\n" in source
    assert "self.norm = nn.BatchNorm2d(two_channels)\n" in source
    assert compiled(text).verify().values > 0
