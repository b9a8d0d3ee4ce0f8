"""Every construct of the language, written as source, built, run, and built with other values."""

from typing import Any

import pytest
from support.emitting import agree, architecture, minimal

CONSTRUCTS = {
    "list": "  - {op: conv2d, out_channels: 8, kernel_size: 3}\n  - relu\n",
    "numbers as names": "  0: {op: conv2d, out_channels: 3, kernel_size: 1}\n"
    "  5: relu\n  9: {op: add, from: [0, 5]}\n",
    "names that Python has not": "  block1-0: {op: conv2d, out_channels: 3, kernel_size: 1}\n"
    "  Mixed_5b: relu\n  join: {op: add, from: [block1-0, Mixed_5b]}\n",
    "a layer called x": "  x: {op: conv2d, out_channels: 3, kernel_size: 1}\n"
    "  y: relu\n  join: {op: add, from: [x, y, input]}\n",
    "a value added to itself": "  a: relu\n  b: {op: add, from: [a, a]}\n",
    "cat": "  a: relu\n  b: {op: cat, from: [a, input, a], dim: 1}\n"
    "  c: {op: conv2d, out_channels: 4, kernel_size: 1}\n",
    "a group with joins": "  conv: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
    "  g:\n    layers:\n      a: {op: conv2d, out_channels: 4, kernel_size: 1}\n"
    "      b: {op: add, from: [a, input]}\n  end: relu\n",
    "a group in a group": "  g:\n    - [relu, {op: conv2d, out_channels: 4, kernel_size: 1}]\n"
    "    - layers: {a: relu, b: {op: add, from: [input, a]}}\n",
    "a named sequence": "  g: {layers: {conv: {op: conv2d, out_channels: 4, kernel_size: 1}, "
    "act: relu}}\n  end: relu\n",
    "repeat of an operation": "  a: {op: conv2d, out_channels: 6, kernel_size: 3, padding: 1, "
    "repeat: 3}\n",
    "repeat of a group": "  a: {repeat: 3, layers: [{op: conv2d, out_channels: 6, kernel_size: 1}, "
    "relu]}\n",
    "repeat with index": "  a: {op: conv2d, out_channels: 4 + 2 * index, kernel_size: 1, "
    "repeat: 3}\n",
    "repeat with index that changes no shape": "  a: {op: dropout, p: 0.1 * index, repeat: 3}\n",
    "first": "  a: {op: conv2d, out_channels: 6, kernel_size: 1, repeat: 3, first: "
    "{kernel_size: 3}}\n",
    "absent": "  a: relu\n  b: {op: conv2d, out_channels: 4, kernel_size: 1, when: 1 > 2}\n"
    "  c: {op: add, from: [b, a]}\n",
    "splice of a group": "  a: relu\n  g: {splice: true, layers: {b: {op: conv2d, "
    "out_channels: 4, kernel_size: 1}, c: relu}}\n  d: {op: add, from: [b, c]}\n",
    "splice in a list": "  - {splice: true, repeat: 2, layers: [{op: conv2d, out_channels: 4, "
    "kernel_size: 1}]}\n  - {splice: all, repeat: 2, layers: [{op: conv2d, out_channels: 5, "
    "kernel_size: 1}, relu]}\n  - {splice: true, layers: [relu, relu]}\n",
    "init of a layer": "  a: {op: conv2d, out_channels: 4, kernel_size: 1, init: "
    "{weight: 0, bias: {normal: {std: 1 / in_channels}}}}\n",
    "depthwise": "  a: {op: conv2d, out_channels: 2 * in_channels, groups: in_channels, "
    "kernel_size: 3}\n  b: {op: batch_norm2d}\n",
    "sizes": "  a: {op: conv2d, out_channels: 4, kernel_size: [1, 3], padding: [0, 1]}\n"
    "  b: {op: conv2d, out_channels: a.channels * 2, kernel_size: 1}\n"
    "  c: {op: adaptive_avg_pool2d, output_size: [~, 2]}\n  d: flatten\n"
    '  e: {op: linear, out_features: "c.shape[1]"}\n',
    "names that the file imports": "  nn: {op: conv2d, out_channels: 3, kernel_size: 1}\n"
    "  torch: relu\n  join: {op: cat, from: [nn, torch, input], dim: 1}\n",
    "a group that lets": "  g:\n    let: {width: 2 * input.channels}\n"
    "    layers: [{op: conv2d, out_channels: width, kernel_size: 1}, relu]\n",
}


@pytest.mark.parametrize("name", CONSTRUCTS)
def test_a_construct_is_written_and_verified(name: str) -> None:
    built = architecture(minimal(CONSTRUCTS[name]))
    assert built.verify().values > 0


MOBILE = """
blocks:
  inverted:
    params: {out_channels: int, stride: 1, expand: 6}
    let: {hidden: expand * input.channels}
    layers:
      conv:
        - when: expand != 1
          layers: [{op: conv2d, out_channels: hidden, kernel_size: 1, bias: false}, batch_norm2d]
        - {op: conv2d, out_channels: hidden, kernel_size: 3, stride: stride, padding: 1,
           groups: hidden, bias: false}
        - {op: conv2d, out_channels: out_channels, kernel_size: 1, bias: false}
      add: {op: add, from: [conv, input], when: stride == 1 and input.channels == out_channels}
"""

ACTIVATIONS = """
params: {width: 8, rate: 0.5}
blocks:
  unit:
    params: {act: layer, norm: {op: batch_norm2d}, planes: int}
    layers:
      conv: {op: conv2d, out_channels: planes, kernel_size: 1}
      norm: norm
      act: act
      end: {op: dropout, p: rate}
"""

PARAMETERS: dict[str, tuple[str, list[dict[str, Any]]]] = {
    "a conditional join": (
        minimal(
            "  a: {block: inverted, out_channels: 8, expand: 1}\n"
            "  b: {block: inverted, out_channels: width, repeat: n, first: {stride: 2}}\n",
            "params: {width: 12, n: 2}" + MOBILE,
        ),
        [{"width": 8}, {"n": 1}, {"width": 16, "n": 4}],
    ),
    "layers as parameters": (
        minimal(
            "  a: {block: unit, planes: width, act: relu}\n"
            "  b: {block: unit, planes: 2 * width, act: {op: dropout, p: 0.25}}\n"
            "  c: {block: unit, planes: 4, act: identity, norm: {op: batch_norm2d, eps: 0.1}}\n",
            ACTIVATIONS,
        ),
        [{"width": 5}, {"rate": 0.25}],
    ),
    "a number that depends on the size of the input": (
        minimal(
            "  conv: {op: conv2d, out_channels: width, kernel_size: 3, stride: stride}\n"
            "  flatten: flatten\n  fc: {op: linear, out_features: width}\n",
            "params: {width: 4, stride: 2}",
        ),
        [{"width": 6}],
    ),
    "a list, a text, a truth value, a factor": (
        minimal(
            "  a: {op: conv2d, out_channels: 'widths[0]', kernel_size: 1, bias: bias}\n"
            "  b: {op: conv2d, out_channels: factor * sum(widths), kernel_size: 3, padding: 1,\n"
            "      padding_mode: mode}\n"
            "  c: {op: conv2d, out_channels: make_divisible(factor * 11), kernel_size: 1}\n"
            "  d: batch_norm2d\n",
            "params: {widths: [4, 6], bias: false, mode: reflect, factor: 0.5}",
        ),
        [{"widths": [8, 2]}, {"bias": True}, {"mode": "zeros"}, {"factor": 1.5}],
    ),
    "a block in a block, and the model's parameters": (
        minimal(
            "  a: {block: outer, planes: width, repeat: depth}\n  b: {block: inner, planes: 7}\n",
            "params: {width: 4, depth: 2, scale: 3}\nlet: {wide: scale * width}\nblocks:\n"
            "  inner:\n    params: {planes: int}\n    layers:\n"
            "      conv: {op: conv2d, out_channels: planes * scale, kernel_size: 1}\n"
            "      add: {op: conv2d, out_channels: wide, kernel_size: 1}\n"
            "  outer:\n    params: {planes: int}\n    layers:\n"
            "      one: {block: inner, planes: 2 * planes}\n"
            "      norm: batch_norm2d\n"
            "      two: {block: inner, planes: norm.channels}\n"
            "      join: {op: add, from: [norm, two]}\n",
        ),
        [{"width": 5}, {"depth": 1}, {"scale": 2, "depth": 3}],
    ),
    "names that the file imports": (
        minimal(
            "  a: {block: callable, width: torch}\n  b: {block: callable, width: 2 * torch}\n",
            "params: {torch: 4, math: 2}\nblocks:\n  callable:\n    params: {width: int}\n"
            "    layers:\n      conv: {op: conv2d, out_channels: math * width, kernel_size: 1}\n",
        ),
        [{}],
    ),
    "growing widths": (
        minimal(
            "  a: {block: dense, growth: growth, repeat: depth}\n  b: batch_norm2d\n",
            "params: {growth: 4, depth: 3}\nblocks:\n  dense:\n    params: {growth: int}\n"
            "    layers:\n      conv: {op: conv2d, out_channels: growth, kernel_size: 1}\n"
            "      cat: {op: cat, from: [input, conv], dim: 1}\n",
        ),
        [{}],
    ),
}


@pytest.mark.parametrize("name", PARAMETERS)
def test_the_emitted_class_agrees_with_set(name: str) -> None:
    text, values = PARAMETERS[name]
    architecture(text).verify()
    for parameters in values:
        agree(text, **parameters)
