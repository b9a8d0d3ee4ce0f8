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
}

QUIET = {name: f"archspec: 1\nname: Net{part}" for name, part in _PARTS.items()}
