"""Short specs of what a network may be beside a chain of layers, for what reads a graph."""

from archspec.graph import Network
from archspec.pipeline import compile
from archspec.source import read

SIAMESE = """
inputs: {left: [N, 3, 8, 8], right: [N, 3, 8, 8]}
layers:
  tower:
    from: left
    layers:
      - {op: conv2d, out_channels: 4, kernel_size: 3, bias: false}
      - {op: conv2d, out_channels: 4, kernel_size: 3, bias: false}
  twin: {share: tower, from: right}
  difference: {op: sub, from: [tower, twin]}
  flatten: flatten
  fc: {op: linear, out_features: 2}
"""

NORMALISED = """
input: [N, 3, 32, 32]
init: {conv2d: {weight: orthogonal, bias: 0}}
layers:
  plain: {op: conv2d, out_channels: 4, kernel_size: 1}
  normed: {op: conv2d, out_channels: 4, kernel_size: 1, weight_norm: {dim: null}}
  own: {op: conv2d, out_channels: 4, kernel_size: 1, spectral_norm: true, init: {weight: 2}}
  repeated:
    repeat: 2
    layers: [{op: conv2d, out_channels: 4, kernel_size: 1, weight_norm: true, init: {weight: 3}}]
"""

SAMPLED = """
inputs: {x: [N, 8, 16, 16], boxes: [N, 4, 5]}
layers:
  theta: {op: parameter, shape: [1, 2, 3]}
  maps: {op: expand, size: ["x.batch", -1, -1]}
  grid: {op: affine_grid, size: x.shape}
  sampled: {op: grid_sample, from: [x, grid], mode: nearest, padding_mode: border}
  moves: {op: conv2d, out_channels: 18, kernel_size: 3, padding: 1}
  deformed:
    op: deform_conv2d
    from: [sampled, moves]
    out_channels: 4
    kernel_size: 3
    padding: 1
    weight_norm: true
  rows: {op: flatten, from: boxes, start_dim: 0, end_dim: 1}
  pooled: {op: roi_align, from: [deformed, rows], output_size: [2, 3], aligned: true}
"""

AGAIN = """
input: [N, 4, 8, 8]
layers:
  conv: {op: conv2d, out_channels: 4, kernel_size: 3, padding: 1}
  more: {share: conv, repeat: 3}
  block:
    layers:
      a: {op: conv2d, out_channels: 4, kernel_size: 1}
      b: {op: conv2d, out_channels: 4, kernel_size: 1}
  blocks: {share: block, repeat: 2}
"""

TAPPED = """
input: [N, 8, 4, 4]
layers:
  cv1: {op: conv2d, out_channels: 8, kernel_size: 1}
  split: {op: chunk, chunks: 2, dim: 1}
  m:
    from: split.1
    repeat: 3
    layers:
      conv: {op: conv2d, out_channels: 4, kernel_size: 1}
      add: {op: add, from: [input, conv]}
  cat: {op: cat, from: [split.0, split.1, m.*], dim: 1}
  cv2: {op: conv2d, out_channels: 8, kernel_size: 1}
"""

TAPPED_AGAIN = """
input: [N, 4, 4, 4]
layers:
  m: {op: conv2d, out_channels: 4, kernel_size: 1, repeat: 3}
  n: {share: m, repeat: 2}
  add: {op: add, from: [n, m.0, m.1]}
"""

UNET = """
input: [N, 2, 8, 8]
layers:
  down0: {op: conv2d, out_channels: 2, kernel_size: 1}
  "down{index + 1}":
    repeat: 2
    layers:
      pool: {op: max_pool2d, kernel_size: 2}
      conv: {op: conv2d, out_channels: 2 * input.channels, kernel_size: 1}
  "up{index + 1}":
    repeat: 2
    from: ["down{2}", "down{1 - index}"]
    inputs: [x, skip]
    layers:
      up: {op: conv_transpose2d, from: x, out_channels: skip.channels, kernel_size: 2, stride: 2}
      cat: {op: cat, from: [skip, up], dim: 1}
      conv: {op: conv2d, out_channels: skip.channels, kernel_size: 1}
"""

TRAINING = """
input: [N, 3, 8, 8]
layers:
  conv: {op: conv2d, out_channels: 4, kernel_size: 1, bias: false}
  aux: {layers: [{op: conv2d, out_channels: 4, kernel_size: 1, bias: false}, relu,
                 {op: conv2d, out_channels: 4, kernel_size: 1, bias: false}]}
  head: {op: conv2d, from: conv, out_channels: 4, kernel_size: 1, bias: false}
outputs: {logits: head, aux: {from: aux, training: true}}
"""

SWAPPED = """
input: [N, 4, 4, 4]
blocks:
  swap:
    inputs: [a, b]
    layers:
      conv: {op: conv2d, from: a, out_channels: 4, kernel_size: 1}
    outputs: [b, conv]
  two:
    layers:
      a: {op: conv2d, out_channels: 4, kernel_size: 1}
      b: {op: conv2d, out_channels: 4, kernel_size: 1}
    outputs: [a, b]
layers:
  two: {block: two, repeat: 3}
  swap: {block: swap, repeat: 3}
outputs: swap
"""

VALUES = """
input: [N, 4, 6]
layers:
  place: {op: parameter, shape: [4, 6], init: 0.1}
  add: {op: add, from: [input, place]}
  fc: {op: linear, out_features: 6}
  tied: {op: linear, share: fc, bias: false}
  frozen: {op: linear, out_features: 2, trainable: false}
"""

INCLUDED = """
input: [N, 3, 64, 64]
layers:
  body: {spec: resnet18, taps: [layer1, layer2]}
  side: {op: conv2d, from: body.layer1, out_channels: 8, kernel_size: 1}
  deep: {op: conv2d, from: body.1, out_channels: 8, kernel_size: 1}
outputs: [side, deep]
"""

FREE = """
input: [N, 3, H, W]
layers:
  pool: {op: max_pool2d, kernel_size: 2}
  conv: {op: conv2d, out_channels: 3, kernel_size: 1}
  up: {op: upsample, scale_factor: 2}
  join: {op: add, from: [up, input]}
"""

ALL = {
    "siamese": SIAMESE,
    "again": AGAIN,
    "tapped": TAPPED,
    "tapped_again": TAPPED_AGAIN,
    "unet": UNET,
    "training": TRAINING,
    "swapped": SWAPPED,
    "values": VALUES,
    "included": INCLUDED,
    "free": FREE,
}


def built(text: str) -> Network:
    """Compile a spec of which only the first two keys are missing."""
    outcome = compile(read(f"archspec: 1\nname: Net\n{text}".encode(), "net.yaml"))
    assert outcome.network is not None, [item.message for item in outcome.diagnostics]
    return outcome.network
