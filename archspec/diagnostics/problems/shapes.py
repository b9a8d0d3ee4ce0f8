"""What can be wrong with the shapes of tensors and weights."""

from archspec.diagnostics.problems.problem import Problem


class RankMismatch(Problem):
    """The operation takes tensors of another number of dimensions.

    PyTorch takes a tensor with one dimension less for a single sample without a batch: to a 2-d
    convolution `[N, 28, 28]` is one image of N channels. It is refused where N is not the number
    of channels that the layer was built for, and passes in silence where it is.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 28, 28]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3}

    Right::

        archspec: 1
        name: Net
        input: [N, 1, 28, 28]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3}
    """

    category = "shape"


class ChannelMismatch(Problem):
    """The channels of the input and of the kernel must match.

    A convolution reads all channels of its input at once, or with `groups` an equal part of them in
    each group. In PyTorch `in_channels` is written by hand, and where it is not what arrives, that
    comes out at run time. Here it is inferred, and what is left to go wrong are groups that do not
    divide the channels, and joins: `add` takes maps of one number of channels, and stretches none.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, groups: 2}

    Right::

        archspec: 1
        name: Net
        input: [N, 4, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, groups: 2}
    """

    category = "shape"


class ShapeMismatch(Problem):
    """Two values that are joined differ in a dimension in which they must agree.

    PyTorch finds out at run time, and names neither layer. Most often one branch has a stride, no
    padding or another number of channels, which the other one needs as well.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3}
          add: {op: add, from: [conv, input]}

    Right::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          add: {op: add, from: [conv, input]}
    """

    category = "shape"


class WeightMismatch(Problem):
    """A weight that is shared would need another shape, or is not there.

    In PyTorch one writes `head.weight = embedding.weight`, and any shape is taken: the layer
    computes from then on with other sizes than it was built for, and `head.out_features` goes on
    saying what is no longer so.

    Wrong::

        archspec: 1
        name: Net
        input: {shape: [N, 16], dtype: int64}
        layers:
          embed: {op: embedding, num_embeddings: 1000, embedding_dim: 64}
          body: {op: linear, out_features: 32}
          head: {op: linear, share: embed, bias: false}

    Right::

        archspec: 1
        name: Net
        input: {shape: [N, 16], dtype: int64}
        layers:
          embed: {op: embedding, num_embeddings: 1000, embedding_dim: 64}
          body: {op: linear, out_features: 64}
          head: {op: linear, share: embed, bias: false}
    """

    category = "shape"


class WindowTooLarge(Problem):
    """The window, dilated, is larger than the padded input that it slides over.

    PyTorch builds the network all the same, and refuses the first image. It happens where an image
    is smaller than those the network was made for, as every stride of 2 halves what is left.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 8, 8]
        layers:
          - {op: max_pool2d, kernel_size: 2, repeat: 4}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 16, 16]
        layers:
          - {op: max_pool2d, kernel_size: 2, repeat: 4}
    """

    category = "shape"


class DimensionOutOfRange(Problem):
    """A dimension is named that the tensor does not have, or an empty range of them.

    Dimensions are counted from 0, which is the batch: of `[N, C, H, W]` the channels are 1, and the
    last one is 3 or -1. PyTorch counts in the same way, and refuses others at run time.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          relu: relu
          join: {op: cat, from: [input, relu], dim: 4}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          relu: relu
          join: {op: cat, from: [input, relu], dim: 3}
    """

    category = "shape"


class EmptyTensor(Problem):
    """Every dimension of a tensor is at least 1.

    PyTorch computes with tensors that hold nothing: a slice from behind the end is one, a sum over
    it is 0 and its mean is `nan`, which then spreads through the weights.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: slice, dim: 2, start: 32}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: slice, dim: 2, start: 16}
    """

    category = "shape"


class TensorTooLarge(Problem):
    """A tensor of more than 2^63 - 1 bytes, which no machine addresses.

    Sizes that are each in range can be too much together; PyTorch then says that a computation of
    the storage size overflowed, and not in which layer.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 2_000_000_000, 2_000_000_000]
        layers:
          - relu

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 2_000, 2_000]
        layers:
          - relu
    """

    category = "shape"


class WrongDtype(Problem):
    """The operation computes with floating-point numbers, or with integers, and receives others.

    PyTorch refuses it at run time. Tokens are integers, and mean nothing to a linear layer before
    an embedding has made vectors of them.

    Wrong::

        archspec: 1
        name: Net
        input: {shape: [N, 16], dtype: int64}
        layers:
          - {op: linear, out_features: 32}

    Right::

        archspec: 1
        name: Net
        input: {shape: [N, 16], dtype: int64}
        layers:
          - {op: embedding, num_embeddings: 1000, embedding_dim: 64}
          - {op: linear, out_features: 32}
    """

    category = "shape"
