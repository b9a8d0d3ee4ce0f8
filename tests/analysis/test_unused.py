"""What is warned of because nothing mentions it, and what is mentioned in ways not seen at once."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml
from support.constructs import ALL
from support.paths import SHIPPED

from archspec.pipeline import compile
from archspec.source import read

SPECS = sorted(SHIPPED.glob("*.yaml"))
HEAD = "archspec: 1\nname: Net\n"

READ = {
    "by outputs": """
input: [N, 3, 8, 8]
layers: {a: relu, b: {op: relu, from: input}}
outputs: [a, b]
""",
    "as the name of an output in a group": """
input: [N, 3, 8, 8]
layers:
  g: {layers: {a: relu, b: {op: sigmoid, from: input}}, outputs: {one: a, two: b}}
  add: {op: add, from: [g.one, g.two]}
""",
    "by a call of it": """
input: [N, 3, 8, 8]
layers:
  tower: {op: conv2d, out_channels: 3, kernel_size: 1}
  other: {op: relu, from: input}
  again: {share: tower, from: other}
""",
    "by a weight, from a group": """
input: [N, 4]
layers:
  first: {layers: {inner: {op: linear, out_features: 4}}}
  body:
    from: input
    layers: {fc: {op: linear, share: first.inner, bias: false}}
""",
    "by a placeholder for its number": """
input: [N, 3, 8, 8]
params: {depth: 2}
layers:
  "down{index + 1}": {op: relu, repeat: depth}
  last: {op: add, from: ["down{depth}", "down1"]}
""",
    "under its number, of a name with a placeholder": """
input: [N, 3, 8, 8]
layers:
  "block{1 + 1}": relu
  side: {op: relu, from: input}
  last: {op: add, from: [block2, side]}
""",
    "in part": """
input: [N, 4, 8, 8]
layers:
  split: {op: chunk, chunks: 2, dim: 1}
  side: {op: relu, from: split.1}
  m: {op: relu, from: split.0, repeat: 2}
  n: {op: relu, from: input}
  cat: {op: cat, from: [m.*, n, side], dim: 1}
""",
    "for its size": """
input: [N, 4, 8, 8]
layers:
  stem: {op: conv2d, out_channels: 6, kernel_size: 1}
  side: {op: conv2d, from: input, out_channels: stem.channels, kernel_size: 1}
""",
    "in training": """
input: [N, 4, 8, 8]
layers: {aux: relu, head: {op: sigmoid, from: input}}
outputs: {logits: head, aux: {from: aux, training: true}}
""",
    "beside a parameter": """
input: [N, 4, 8, 8]
layers:
  a: relu
  scale: {op: parameter, shape: [4, 1, 1]}
  mul: {op: mul, from: [a, scale]}
""",
}


@pytest.mark.parametrize("text", [*READ.values(), *ALL.values()], ids=[*READ, *ALL])
def test_nothing_is_warned_of_that_is_read(text: str) -> None:
    assert warnings(text) == []


USED = {
    "in the name of a layer": """
params: {start: 3}
input: [N, 3, 8, 8]
layers: {"block{start}": relu}
""",
    "in a reference": """
params: {depth: 2}
input: [N, 3, 8, 8]
layers: {"a{index}": {op: relu, repeat: 3}, last: {op: relu, from: "a{depth-1}"}}
""",
    "in the condition of an output": """
params: {aux: true}
input: [N, 3, 8, 8]
layers: {a: relu, b: relu}
outputs: [{from: a, when: aux}, b]
""",
    "for the parameter of another spec": """
params: {classes: 7}
input: [N, 3, 64, 64]
layers: {body: {spec: resnet18, num_classes: classes}}
""",
    "in one of several inputs": """
params: {side: 8}
inputs: {left: [N, 3, side, 8], right: [N, 3, side, 8]}
layers: {add: add}
""",
    "in a block that sees the model's names": """
params: {width: 4}
let: {wide: 2 * width}
input: [N, 3, 8, 8]
blocks: {unit: {layers: [{op: conv2d, out_channels: wide, kernel_size: 1}]}}
layers: [unit]
""",
    "in a group, two groups up": """
params: {width: 4}
input: [N, 3, 8, 8]
layers:
  outer:
    let: {wide: 2 * width}
    layers: [{layers: [{op: conv2d, out_channels: wide, kernel_size: 1}]}]
""",
    "in the default of a later parameter": """
input: [N, 3, 8, 8]
blocks:
  unit:
    params: {width: 4, wide: {type: int, default: 2 * width}}
    layers: [{op: conv2d, out_channels: wide, kernel_size: 1}]
layers: [unit]
""",
    "for a name of its own that is nearer": """
params: {width: 4}
input: [N, 3, 8, 8]
blocks:
  unit:
    params: {width: int}
    layers: [{op: conv2d, out_channels: width, kernel_size: 1}]
layers: [{block: unit, width: width}]
""",
    "to say what is nearer": """
params: {width: 4}
input: [N, 3, 8, 8]
blocks:
  unit:
    let: {width: 2 * width}
    layers: [{op: conv2d, out_channels: width, kernel_size: 1}]
layers: [unit]
""",
    "as a layer with arguments": """
params: {norm: {op: batch_norm2d}, unit: {block: basic}, activation: {op: relu}}
input: [N, 3, 8, 8]
blocks: {basic: {layers: [{op: norm, eps: 0.001}, activation]}}
layers: [{block: unit}]
""",
    "in the rule for a weight": """
params: {spread: 0.1, far: 0.2}
input: [N, 3]
layers: [{op: linear, out_features: 3, init: {weight: {normal: {std: spread}}}}]
init: {linear: {bias: 2 * far}}
""",
    "in the claim of a layer": """
params: {size: 3}
input: [N, 3]
layers: [{op: relu, expect: [N, size]}]
""",
    "in the first repetition": """
params: {rate: 0.1}
input: [N, 3]
layers: [{op: dropout, p: 0.2, repeat: 2, first: {p: rate}}]
""",
    "in the path of a shared weight": """
params: {chosen: 1}
input: [N, 3]
layers:
  "a{index}": {op: linear, out_features: 3, repeat: 2}
  b: {op: linear, share: "a{chosen}", bias: false}
""",
    "in the name of an output": """
params: {chosen: 1}
input: [N, 3]
layers: {"a{1}": {op: linear, out_features: 3}, "a{2}": {op: linear, out_features: 3}}
outputs: "a{chosen}"
""",
}


@pytest.mark.parametrize("text", USED.values(), ids=USED)
def test_a_name_is_used_wherever_an_expression_may_stand(text: str) -> None:
    assert warnings(text) == []


UNREAD = {
    "nothing reads the layer `b`": """
input: [N, 3, 8, 8]
layers: {a: relu, b: relu}
outputs: a
""",
    "nothing reads the layer `side`": """
input: [N, 3, 8, 8]
layers:
  side: relu
  "down{index}": {op: relu, from: input, repeat: 2}
  last: {op: relu, from: down1}
""",
    "nothing reads the layer `a`": """
input: [N, 3, 8, 8]
layers:
  a: relu
  scale: {op: parameter, shape: [3, 1, 1]}
  mul: {op: mul, from: [input, scale]}
""",
    "nothing reads the layer `up{index}`": """
input: [N, 3, 8, 8]
layers: {"up{index}": {op: relu, repeat: 2}, last: {op: relu, from: input}}
""",
    "nothing uses the input `skip`": """
input: [N, 3, 8, 8]
blocks: {join: {inputs: [x, skip], layers: {a: {op: relu, from: x}}}}
layers: {join: {block: join, from: [input, input]}}
""",
    "nothing uses the input `right`": """
inputs: {left: [N, 3, 8, 8], right: [N, 3, 8, 8]}
layers: {a: {op: relu, from: left}}
""",
    "nothing uses the parameter `depth`": """
params: {depth: 2}
input: [N, 3, 8, 8]
layers: {depth: relu}
""",
    "nothing uses the parameter `dropout`": """
params: {dropout: 0.5}
input: [N, 3]
layers: [{op: dropout, p: 0.1}, dropout]
""",
    "nothing uses the parameter `width`": """
params: {width: 4}
input: [N, 3, 8, 8]
blocks:
  unit:
    params: {width: int}
    layers: [{op: conv2d, out_channels: width, kernel_size: 1}]
layers: [{block: unit, width: 8}]
""",
    "nothing uses the parameter `stride`": """
input: [N, 3, 8, 8]
blocks:
  wide:
    params: {stride: 1}
    layers: [{op: conv2d, out_channels: 4, kernel_size: 1, stride: stride}]
  narrow:
    params: {stride: 1}
    layers: [{op: conv2d, out_channels: 4, kernel_size: 1}]
layers: [{block: wide, stride: 2}, {block: narrow, stride: 2}]
""",
    "nothing uses the `let` name `half`": """
input: [N, 4, 8, 8]
layers:
  one:
    let: {half: input.channels // 2}
    layers: [{op: conv2d, out_channels: half, kernel_size: 1}]
  other:
    let: {half: input.channels // 2}
    layers: [{op: conv2d, out_channels: 2, kernel_size: 1}]
""",
    "nothing uses the parameter `channels`": """
params: {channels: 4}
input: [N, 4, 8, 8]
layers: [{op: conv2d, out_channels: 2 * input.channels, kernel_size: 1}]
""",
    "nothing uses the parameter `a`": """
params: {a: 4}
input: [N, 4, 8, 8]
layers: {a: relu, b: {op: relu, from: a}}
""",
    "nothing uses the block `unit`": """
input: [N, 4, 8, 8]
blocks: {unit: {layers: [relu]}}
layers: {unit: relu, b: {op: relu, from: unit}}
""",
}


@pytest.mark.parametrize(("message", "text"), UNREAD.items(), ids=UNREAD)
def test_what_nothing_mentions_is_warned_of(message: str, text: str) -> None:
    assert warnings(text) == [message]


def warnings(text: str) -> list[str]:
    outcome = compile(read((HEAD + text).encode(), "net.yaml"))
    assert not outcome.failed, [item.message for item in outcome.diagnostics]
    return [item.message for item in outcome.diagnostics]


# --- what is told can be taken away -------------------------------------------------------------


@pytest.mark.parametrize("name", [path.stem for path in SPECS])
def test_a_shipped_spec_needs_each_of_its_names(name: str) -> None:
    """Nothing is told of them, and without any one of them the spec is wrong."""
    path = SPECS[0].parent / f"{name}.yaml"
    document = yaml.safe_load(path.read_text(encoding="utf-8"))
    for holder, key in named(document):
        kept = dict(holder)
        del holder[key]
        text = yaml.safe_dump(document, sort_keys=False)
        assert compile(read(text, path.name, folder=path.parent)).failed, key
        holder.clear()
        holder.update(kept)


def named(document: dict[str, Any]) -> Iterator[tuple[dict[str, Any], str]]:
    """Find the names that a spec and its blocks define, and where they are held."""
    for body in (document, *document.get("blocks", {}).values()):
        for kind in ("params", "let"):
            for name in list(body.get(kind, {})):
                yield body[kind], name
