"""What is warned of because nothing mentions it, and what is mentioned in ways not seen at once."""

import pytest
from constructs import ALL

from archspec.pipeline import compile
from archspec.source import read

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
}


@pytest.mark.parametrize(("message", "text"), UNREAD.items(), ids=UNREAD)
def test_what_nothing_mentions_is_warned_of(message: str, text: str) -> None:
    assert warnings(text) == [message]


def warnings(text: str) -> list[str]:
    outcome = compile(read((HEAD + text).encode(), "net.yaml"))
    assert not outcome.failed, [item.message for item in outcome.diagnostics]
    return [item.message for item in outcome.diagnostics]
