"""The blocks of which `archspec new` builds a network, as one writes them by hand."""

PLAIN = """\
  plain:
    params: {planes: int, stride: 1}
    layers:                   # nobody writes `in_channels`: it is inferred
      conv1: {op: conv2d, out_channels: planes, kernel_size: 3, stride: stride,
              padding: 1, bias: false}
      bn1: batch_norm2d       # has a bias of its own, so that conv1 needs none
      relu1: relu
      conv2: {op: conv2d, out_channels: planes, kernel_size: 3, padding: 1, bias: false}
      bn2: batch_norm2d
      relu2: relu             # deeper than 20 layers it wants shortcuts, as `residual` has
"""

RESIDUAL = """\
  residual:
    params: {planes: int, stride: 1}
    layers:                   # nobody writes `in_channels`: it is inferred
      conv1: {op: conv2d, out_channels: planes, kernel_size: 3, stride: stride,
              padding: 1, bias: false}
      bn1: batch_norm2d       # has a bias of its own, so that conv1 needs none
      relu1: relu
      conv2: {op: conv2d, out_channels: planes, kernel_size: 3, padding: 1, bias: false}
      bn2: batch_norm2d
      downsample:             # the projection shortcut, only where the shape changes
        from: input
        when: stride != 1 or input.channels != planes
        layers:
          - {op: conv2d, out_channels: planes, kernel_size: 1, stride: stride, bias: false}
          - batch_norm2d
      add: {op: add, from: [bn2, downsample]}    # where that is absent, the input itself
      relu: relu
"""

BOTTLENECK = """\
  bottleneck:                 # narrow inside: what it gives has 4 * planes channels
    params: {planes: int, stride: 1}
    layers:                   # nobody writes `in_channels`: it is inferred
      conv1: {op: conv2d, out_channels: planes, kernel_size: 1, bias: false}
      bn1: batch_norm2d       # has a bias of its own, so that conv1 needs none
      relu1: relu
      conv2: {op: conv2d, out_channels: planes, kernel_size: 3, stride: stride,
              padding: 1, bias: false}
      bn2: batch_norm2d
      relu2: relu
      conv3: {op: conv2d, out_channels: 4 * planes, kernel_size: 1, bias: false}
      bn3: batch_norm2d
      downsample:             # the projection shortcut, only where the shape changes
        from: input
        when: stride != 1 or input.channels != 4 * planes
        layers:
          - {op: conv2d, out_channels: 4 * planes, kernel_size: 1, stride: stride, bias: false}
          - batch_norm2d
      add: {op: add, from: [bn3, downsample]}    # where that is absent, the input itself
      relu: relu
"""

INVERTED = """\
  inverted:                   # the inverted residual of MobileNet v2: wide inside
    params: {planes: int, stride: 1}
    let: {hidden: 6 * input.channels}
    layers:                   # nobody writes `in_channels`: it is inferred
      conv1: {op: conv2d, out_channels: hidden, kernel_size: 1, bias: false}
      bn1: batch_norm2d       # has a bias of its own, so that conv1 needs none
      relu1: relu6
      conv2: {op: conv2d, out_channels: hidden, kernel_size: 3, stride: stride,
              padding: 1, groups: hidden, bias: false}    # each channel by itself
      bn2: batch_norm2d
      relu2: relu6
      conv3: {op: conv2d, out_channels: planes, kernel_size: 1, bias: false}
      bn3: batch_norm2d       # and no activation: few channels would lose too much by it
      add:
        op: add
        from: [bn3, input]
        when: stride == 1 and input.channels == planes    # else there is no shortcut
"""

BLOCKS = {"plain": PLAIN, "residual": RESIDUAL, "bottleneck": BOTTLENECK, "inverted": INVERTED}
