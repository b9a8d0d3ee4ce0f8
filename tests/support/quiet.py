"""What real networks do that looks like a mistake and is none: nothing may be warned of."""

_PARTS = {
    "a depthwise convolution of stride 2, as in MobileNet": """
input: [N, 8, 32, 32]
layers:
  - {op: conv2d, out_channels: 8, kernel_size: 3, stride: 2, padding: 1,
     groups: in_channels, bias: false}
  - batch_norm2d
  - relu6
  - {op: conv2d, out_channels: 16, kernel_size: 1, bias: false}
  - batch_norm2d
""",
    "a projection of 1x1 and stride 2, as in ResNet": """
input: [N, 8, 32, 32]
layers:
  conv1: {op: conv2d, out_channels: 16, kernel_size: 3, stride: 2, padding: 1, bias: false}
  norm1: batch_norm2d
  relu1: relu
  conv2: {op: conv2d, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
  norm2: batch_norm2d
  shortcut:
    from: input
    layers: [{op: conv2d, out_channels: 16, kernel_size: 1, stride: 2, bias: false}, batch_norm2d]
  add: {op: add, from: [norm2, shortcut]}
  relu2: relu
""",
    "a projection after a pool, as in ResNet-D": """
input: [N, 8, 32, 32]
layers:
  conv1: {op: conv2d, out_channels: 16, kernel_size: 3, stride: 2, padding: 1, bias: false}
  norm1: batch_norm2d
  relu1: relu
  conv2: {op: conv2d, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
  norm2: batch_norm2d
  shortcut:
    from: input
    layers:
      - {op: avg_pool2d, kernel_size: 2}
      - {op: conv2d, out_channels: 16, kernel_size: 1, bias: false}
      - batch_norm2d
  add: {op: add, from: [norm2, shortcut]}
  relu2: relu
""",
    "a residual block with its activations first, whose last convolution has a bias": """
input: [N, 8, 32, 32]
layers:
  norm1: batch_norm2d
  relu1: relu
  conv1: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1, bias: false}
  norm2: batch_norm2d
  relu2: relu
  conv2: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  add: {op: add, from: [conv2, input]}
""",
    "a projection of what the first activation gives, in a block with activations first": """
input: [N, 8, 32, 32]
layers:
  norm1: batch_norm2d
  relu1: relu
  conv1: {op: conv2d, out_channels: 16, kernel_size: 3, padding: 1, bias: false}
  norm2: batch_norm2d
  relu2: relu
  conv2: {op: conv2d, out_channels: 16, kernel_size: 3, padding: 1}
  project: {op: conv2d, from: relu1, out_channels: 16, kernel_size: 1}
  add: {op: add, from: [conv2, project]}
""",
    "a dense block": """
input: [N, 8, 32, 32]
blocks:
  dense:
    layers:
      norm: batch_norm2d
      relu: relu
      conv: {op: conv2d, out_channels: 4, kernel_size: 3, padding: 1, bias: false}
      cat: {op: cat, from: [input, conv], dim: 1}
layers: [{block: dense, repeat: 3}]
""",
    "an encoder layer, as in ViT": """
input: [N, 49, 32]
layers:
  norm1: layer_norm
  attention: {op: multihead_attention, num_heads: 4}
  add1: {op: add, from: [attention, input]}
  norm2: layer_norm
  mlp: [{op: linear, out_features: 64}, gelu, {op: linear, out_features: 32}]
  add2: {op: add, from: [mlp, add1]}
""",
    "patches": """
input: [N, 3, 224, 224]
layers: [{op: conv2d, out_channels: 8, kernel_size: 16, stride: 16}, {op: layer_norm, dim: 1}]
""",
    "squeeze and excitation, on maps of 1x1": """
input: [N, 8, 32, 32]
layers:
  pool: {op: adaptive_avg_pool2d, output_size: 1}
  fc1: {op: conv2d, out_channels: 2, kernel_size: 1}
  relu: relu
  fc2: {op: conv2d, out_channels: 8, kernel_size: 1}
  scale: sigmoid
  mul: {op: mul, from: [scale, input]}
  add: {op: add, from: [mul, input]}
""",
    "pools of stride 1, one after another, as in the SPPF of YOLO": """
input: [N, 8, 20, 20]
layers:
  m: {op: max_pool2d, kernel_size: 5, stride: 1, padding: 2, repeat: 3}
  cat: {op: cat, from: [input, m.*], dim: 1}
""",
    "a batch norm over N×C": """
input: [N, 8]
layers: [{op: linear, out_features: 4, bias: false}, batch_norm1d, relu]
""",
    "a group norm of many channels behind a bias": """
input: [N, 8, 16, 16]
layers: [{op: conv2d, out_channels: 32, kernel_size: 3}, {op: group_norm, num_groups: 4}, relu]
""",
    "a bias in front of an activation": """
input: [N, 8, 16, 16]
layers: [{op: conv2d, out_channels: 8, kernel_size: 3}, relu, batch_norm2d]
""",
    "a bias that another layer reads, too": """
input: [N, 8, 16, 16]
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  norm: batch_norm2d
  add: {op: add, from: [norm, conv]}
""",
    "a bias that is given, too": """
input: [N, 8, 16, 16]
layers: {conv: {op: conv2d, out_channels: 8, kernel_size: 3}, norm: batch_norm2d}
outputs: [conv, norm]
""",
    "a bias of features in front of a norm of places": """
input: [N, 8, 16]
layers: [{op: linear, out_features: 16}, batch_norm1d]
""",
    "a convolution with a norm and without one": """
input: [N, 8, 16, 16]
params: {normed: true}
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, bias: not normed}
  norm: {op: batch_norm2d, when: normed}
variants: {plain: {normed: false}}
""",
    "straight branches that are merged after training, as in RepVGG": """
input: [N, 8, 16, 16]
layers:
  dense: [{op: conv2d, out_channels: 8, kernel_size: 3, padding: 1, bias: false}, batch_norm2d]
  point:
    from: input
    layers: [{op: conv2d, out_channels: 8, kernel_size: 1, bias: false}, batch_norm2d]
  add: {op: add, from: [dense, point]}
  relu: relu
""",
    "activated maps of two resolutions, as in LinkNet": """
input: [N, 8, 16, 16]
layers:
  down: [{op: conv2d, out_channels: 16, kernel_size: 3, stride: 2, padding: 1}, relu]
  up: [{op: conv_transpose2d, out_channels: 8, kernel_size: 2, stride: 2}, relu]
  add: {op: add, from: [up, input]}
""",
    "two activated branches of one map": """
input: [N, 8, 16, 16]
layers:
  a: [{op: conv2d, out_channels: 8, kernel_size: 1}, relu]
  b: {from: input, layers: [{op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}, relu]}
  add: {op: add, from: [a, b]}
""",
    "a branch that ends in an activation which may be negative, as in YOLO": """
input: [N, 8, 16, 16]
layers:
  cv1: [{op: conv2d, out_channels: 8, kernel_size: 3, padding: 1, bias: false}, batch_norm2d, silu]
  cv2: [{op: conv2d, out_channels: 8, kernel_size: 3, padding: 1, bias: false}, batch_norm2d, silu]
  add: {op: add, from: [cv2, input]}
""",
    "a lateral convolution, as in an FPN": """
inputs: {fine: [N, 8, 16, 16], coarse: [N, 16, 8, 8]}
layers:
  above: {op: conv2d, from: coarse, out_channels: 8, kernel_size: 1}
  up: {op: upsample, scale_factor: 2}
  lateral: {op: conv2d, from: fine, out_channels: 8, kernel_size: 1}
  add: {op: add, from: [lateral, up]}
""",
    "windows that touch": """
input: [N, 8, 16, 16]
layers: [{op: max_pool2d, kernel_size: 2}, {op: conv2d, out_channels: 8, kernel_size: 4, stride: 4}]
""",
    "a window that stands once": """
input: [N, 8, 7, 7]
layers: [{op: avg_pool2d, kernel_size: 7, stride: 8}]
""",
    "an odd kernel with `same`, and an even one that is spread evenly": """
input: [N, 8, 16, 16]
layers:
  - {op: conv2d, out_channels: 8, kernel_size: 3, padding: same}
  - {op: conv2d, out_channels: 8, kernel_size: 2, padding: same, dilation: 2}
""",
    "an even kernel without `same`": """
input: [N, 8, 16, 16]
layers: [{op: conv2d, out_channels: 8, kernel_size: 4, stride: 2, padding: 1}]
""",
    "a norm over the channels of one place": """
input: [N, 8, 16, 16]
layers:
  - {op: adaptive_avg_pool2d, output_size: 1}
  - {op: group_norm, num_groups: 2}
  - {op: layer_norm, dim: 1}
""",
    "variants that differ in weights alone": """
input: [N, 8]
params: {spread: 0.1}
layers: [{op: linear, out_features: 8, init: {weight: {normal: {std: spread}}}}]
variants: {near: {spread: 0.2}, far: {spread: 0.5}}
""",
    "variants that differ in an argument without weights": """
input: [N, 8]
params: {rate: 0.1}
layers: [{op: dropout, p: rate}]
variants: {near: {rate: 0.2}, far: {rate: 0.5}}
""",
    "a variant that is what the spec says without one": """
input: [N, 8]
params: {width: 8}
layers: [{op: linear, out_features: width}]
variants: {usual: {width: 8}, wide: {width: 16}}
""",
    "a feature that is one by itself, as the price in a series": """
input: [N, 24, 1]
layers: [{op: linear, out_features: 16}, gelu, {op: linear, out_features: 1}]
""",
    "one feature of each node at each time, as in a forecast of traffic": """
input: [N, 12, 207, 1]
layers: [{op: linear, out_features: 16}]
""",
    "each number of a table made a token": """
input: [N, 30]
layers: [{op: unsqueeze, dim: -1}, {op: linear, out_features: 16}, layer_norm]
""",
    "a feature picked out of a series": """
input: [N, 30, 7]
layers: [{op: slice, dim: 2, start: -1}, {op: linear, out_features: 16}]
""",
    "a narrow place between linear layers": """
input: [N, 30, 7]
layers: [{op: linear, out_features: 1}, relu, {op: linear, out_features: 7}]
""",
    "a gate of each token, from the mean of its features": """
input: [N, 30, 7]
layers:
  embed: {op: linear, out_features: 16}
  mean: {op: mean, dim: -1, keepdim: true}
  fc: {op: linear, out_features: 16}
  gate: sigmoid
  mul: {op: mul, from: [gate, embed]}
""",
    "squeeze and excitation of tokens, channels last": """
input: [N, 30, 8]
layers:
  mean: {op: mean, dim: 1, keepdim: true}
  mlp: [{op: linear, out_features: 2}, relu, {op: linear, out_features: 8}, sigmoid]
  mul: {op: mul, from: [mlp, input]}
""",
    "maps of 1x1 whose channels were moved to the end": """
input: [N, 3, 16, 16]
layers:
  - {op: conv2d, out_channels: 8, kernel_size: 3}
  - {op: adaptive_avg_pool2d, output_size: 1}
  - {op: permute, dims: [0, 2, 3, 1]}
  - {op: linear, out_features: 10}
""",
    "a linear layer over places, as in a mixer": """
input: [N, 3, 16, 16]
layers:
  - {op: conv2d, out_channels: 8, kernel_size: 4, stride: 4}
  - {op: flatten, start_dim: 2}
  - {op: linear, out_features: 16}
""",
    "a head used behind one channel and behind a series": """
input: [N, 24, 1]
blocks: {head: {layers: [{op: linear, out_features: 4}]}}
layers:
  a: head
  mean: {op: mean, dim: 2, keepdim: true}
  b: head
""",
    "a dropout in front of a join, left out, as in DenseNet": """
input: [N, 8, 16, 16]
params: {rate: 0.0}
layers:
  conv: {op: conv2d, out_channels: 4, kernel_size: 3, padding: 1}
  dropout: {op: dropout, p: rate, when: rate > 0}
  cat: {op: cat, from: [input, dropout], dim: 1}
""",
    "half of the channels kept as they are, as in ShuffleNet": """
input: [N, 8, 16, 16]
params: {stride: 1}
layers:
  split: {op: chunk, chunks: 2, dim: 1}
  left: {op: conv2d, from: split.0, out_channels: 4, kernel_size: 3, stride: stride, padding: 1,
    when: stride == 2}
  right: {op: conv2d, from: split.1, out_channels: 4, kernel_size: 3, stride: stride, padding: 1}
  cat: {op: cat, from: [left, right], dim: 1}
""",
    "the first activation of a dense block left out": """
input: [N, 8, 16, 16]
params: {activated: false}
layers:
  relu: {op: relu, when: activated}
  conv: {op: conv2d, out_channels: 4, kernel_size: 3, padding: 1}
  cat: {op: cat, from: [relu, conv], dim: 1}
""",
    "the shortcut of a residual block, absent where the shape stays": """
input: [N, 8, 16, 16]
params: {stride: 1}
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, stride: stride, padding: 1}
  down: {op: conv2d, from: input, out_channels: 8, kernel_size: 1, stride: stride, when: stride > 1}
  add: {op: add, from: [conv, down]}
""",
    "a branch that is read as nothing where it is absent": """
input: [N, 8, 16, 16]
params: {pooled: false}
layers:
  conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
  pool: {op: avg_pool2d, from: input, kernel_size: 1, repeat: 1, when: pooled}
  cat: {op: cat, from: [conv, input, pool.*], dim: 1}
""",
    "windows of a map, put together again": """
input: [N, 4, 8, 8]
layers:
  windows: {op: reshape, shape: [-1, 4, 2, 2]}
  conv: {op: conv2d, out_channels: 4, kernel_size: 1}
  whole: {op: reshape, shape: [input.batch, 4, 8, 8]}
""",
    "two views of each sample, one behind the other, taken apart again": """
inputs: {left: [N, 3, 8, 8], right: [N, 3, 8, 8]}
layers:
  cat: {op: cat, from: [left, right], dim: 0}
  conv: {op: conv2d, out_channels: 4, kernel_size: 3}
  halves: {op: chunk, chunks: 2, dim: 0}
  sub: {op: sub, from: [halves.0, halves.1]}
""",
    "the states of a recurrent layer as outputs": """
input: [N, 24, 8]
layers:
  lstm: {op: lstm, hidden_size: 4}
outputs: {y: lstm.0, h: lstm.1, c: lstm.2}
""",
    "what is pooled of boxes, which name their samples, as in Faster R-CNN": """
inputs: {image: [N, 3, 64, 64], proposals: [N, 10, 5]}
layers:
  features: {op: conv2d, from: image, out_channels: 8, kernel_size: 3, padding: 1}
  boxes: {op: flatten, from: proposals, start_dim: 0, end_dim: 1}
  pooled: {op: roi_align, from: [features, boxes], output_size: 3}
  flat: flatten
  scores: {op: linear, out_features: 5}
""",
    "the last state of a recurrent layer": """
input: [N, 24, 8]
layers:
  gru: {op: gru, hidden_size: 4}
  last: {op: select, from: gru.1, dim: 0, index: -1}
  fc: {op: linear, out_features: 3}
outputs: [fc]
""",
    "a temperature that is given beside the scores, as in CLIP": """
input: [N, 8]
layers:
  scale: {op: parameter, shape: [1]}
  fc: {op: linear, from: input, out_features: 4}
outputs: {scores: fc, scale: scale}
""",
    "a dropout behind a batch norm, as in Wide ResNet": """
input: [N, 8, 16, 16]
layers:
  - batch_norm2d
  - relu
  - {op: dropout, p: 0.3}
  - {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
""",
    "a dropout in front of a norm that keeps no statistics": """
input: [N, 49, 32]
layers: [dropout, layer_norm, dropout, {op: batch_norm1d, track_running_stats: false}]
""",
    "a dropout that keeps the variance, as behind selu": """
input: [N, 32]
layers: [selu, alpha_dropout, batch_norm1d, feature_alpha_dropout, batch_norm1d]
""",
    "a dropout of nothing in front of a batch norm": """
input: [N, 32]
params: {rate: 0.0}
layers: [{op: dropout, p: rate}, batch_norm1d]
""",
    "a dropout that another layer reads, too": """
input: [N, 32]
layers:
  drop: dropout
  norm: batch_norm1d
  add: {op: add, from: [norm, drop]}
""",
    "a dropout that is given, too": """
input: [N, 32]
layers: {drop: dropout, norm: batch_norm1d}
outputs: [drop, norm]
""",
    "anchors that are given beside the maps": """
input: [N, 3, 8, 8]
layers:
  conv: {op: conv2d, out_channels: 4, kernel_size: 1}
  numbers: {op: arange, from: input, end: 12}
  anchors: {op: embedding, num_embeddings: 12, embedding_dim: 4}
outputs: {maps: conv, anchors: anchors}
""",
}

QUIET = {name: f"archspec: 1\nname: Net{part}" for name, part in _PARTS.items()}
