"""What is legal, and probably not what was meant."""

from archspec.diagnostics.problems.problem import Problem


class UnreadLayer(Problem):
    """Nothing reads the layer, so it has no effect on what the network computes.

    Its weights are counted, saved and loaded all the same, and never trained; PyTorch says nothing
    of it, and distributed training stops at parameters that receive no gradient. Perhaps `from` of
    a layer below names the one before it.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          fc1: {op: linear, out_features: 32}
          fc2: {op: linear, from: input, out_features: 10}

    Right::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          fc1: {op: linear, out_features: 32}
          fc2: {op: linear, out_features: 10}
    """

    category = "warning"
    level = "warning"


class UnusedName(Problem):
    """A parameter, `let` name, input or block that is mentioned nowhere where it is seen.

    Whoever sets the parameter changes nothing, and is not told. Most often a number was written
    where the parameter was meant. A name that is nearer hides one of the model: what a block says
    of its own `width` is no mention of the model's, and `dropout` as a layer is the operation.

    Wrong::

        archspec: 1
        name: Net
        params: {num_classes: 10}
        input: [N, 64]
        layers:
          - {op: linear, out_features: 10}

    Right::

        archspec: 1
        name: Net
        params: {num_classes: 10}
        input: [N, 64]
        layers:
          - {op: linear, out_features: num_classes}
    """

    category = "warning"
    level = "warning"


# What a network may be built of, and what good ones leave out.


class BiasBeforeNorm(Problem):
    """The layer adds a bias that the normalisation behind it takes away again.

    A batch normalisation subtracts the mean of each channel, and with it whatever was added to the
    whole channel; its own `bias` comes after that. The first bias receives no gradient but noise,
    and costs memory and time. Many networks were trained with such a bias, and have it in their
    weights: there a comment allows it.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3}
          norm: batch_norm2d

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3, bias: false}
          norm: batch_norm2d
    """

    category = "warning"
    level = "warning"


class DroppedPixels(Problem):
    """The windows stand further apart than they are wide, so that some pixels are never read.

    What lies between two windows has no effect on the output, and receives no gradient. A window
    larger than 1×1 was written to see the neighbourhood, so one that leaves pixels out is most
    often a mistake in `stride` or `kernel_size`. A window of 1×1 drops pixels on purpose, as the
    shortcut of a ResNet does, and is not told.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          pool: {op: max_pool2d, kernel_size: 2, stride: 3}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          pool: {op: max_pool2d, kernel_size: 3, stride: 3}
    """

    category = "warning"
    level = "warning"


class EvenSameKernel(Problem):
    """An even kernel with `padding: same` needs a border that is wider at one side.

    One row and one column more are added at the bottom and at the right than at the top and at the
    left, so what comes out is shifted by half a pixel. PyTorch copies the input to do so, and warns
    of it. With an odd kernel the border is even.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 4, padding: same}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3, padding: same}
    """

    category = "warning"
    level = "warning"


class DropoutBeforeNorm(Problem):
    """A normalisation measures a variance that the dropout in front of it has in training alone.

    What is dropped, and what is left made larger for it, makes the values vary more. A batch
    normalisation keeps that variance, and divides by it in evaluation, where nothing is dropped:
    what it gives is then too small, and each layer behind it reads what it never saw in training
    (Li et al., 2019). A dropout stands behind the normalisation, or better behind the last of them.
    In front of a norm that measures anew in evaluation, as `layer_norm` does, it is not told, nor
    is `alpha_dropout`, which keeps the variance.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          fc: {op: linear, out_features: 32, bias: false}
          drop: {op: dropout, p: 0.5}
          norm: batch_norm1d

    Right::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          fc: {op: linear, out_features: 32, bias: false}
          norm: batch_norm1d
          drop: {op: dropout, p: 0.5}
    """

    category = "warning"
    level = "warning"


class SingleValueNorm(Problem):
    """A normalisation takes the mean of one value, which leaves nothing of it.

    A value minus itself is 0, whatever was computed before: the layers above have no effect, and
    are never trained. Where a batch normalisation has one value of each channel in a sample, this
    happens to a batch of one: PyTorch refuses to train with it, also as the last of an epoch.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          pool: {op: adaptive_avg_pool2d, output_size: 1}
          norm: batch_norm2d

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          pool: {op: adaptive_avg_pool2d, output_size: 1}
          norm: {op: group_norm, num_groups: 1}
    """

    category = "warning"
    level = "warning"


class NeedlessProjection(Problem):
    """The shortcut of a residual block is projected although its shape stays as it is.

    A shortcut that changes nothing lets the gradient through to the first layer, and needs no
    weights; He et al. found it better than a projection. One is wanted only where the shapes
    differ. Most often `when` is missing: what has none is told where one use of the block does
    without it, and what has one only where every use does.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          relu: relu
          conv2: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          shortcut: {op: conv2d, from: input, out_channels: 8, kernel_size: 1}
          add: {op: add, from: [conv2, shortcut]}

    Right::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          relu: relu
          conv2: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          add: {op: add, from: [conv2, input]}
    """

    category = "warning"
    level = "warning"


class ActivatedBranch(Problem):
    """The branch of a residual block ends in an activation that is never negative.

    The sum can then only be larger than what came in, block after block, and no block can take
    back what one before it added. The activation stands behind the sum, or before the first layer
    of the branch. Activations that may be negative, such as `silu`, are not told.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          relu: relu
          add: {op: add, from: [relu, input]}

    Right::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          add: {op: add, from: [conv1, input]}
          relu: relu
    """

    category = "warning"
    level = "warning"


class SameVariant(Problem):
    """Two variants build the same network.

    One of them is superfluous, or lacks the parameter that was to tell it from the other. As a
    mistake in a copied line it stays unnoticed until somebody compares the counts.

    Wrong::

        archspec: 1
        name: Net
        params: {width: 8}
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: width, kernel_size: 3}
        variants:
          large: {width: 16}
          huge: {width: 16}

    Right::

        archspec: 1
        name: Net
        params: {width: 8}
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: width, kernel_size: 3}
        variants:
          large: {width: 16}
          huge: {width: 32}
    """

    category = "warning"
    level = "warning"


class ForgottenFlatten(Problem):
    """A linear layer maps the one place that is left of each channel, and not the channels.

    A pool to 1×1 gives N×C×1×1, and `linear` maps the last dimension: it reads one number, has a
    weight for that alone, and gives N×C×1×F. PyTorch builds it if `in_features` is 1, and here
    nobody writes that. What was wanted is a map of all channels together. A feature that is one by
    itself, as the price in a series N×T×1, is not told.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 64, kernel_size: 3}
          pool: {op: adaptive_avg_pool2d, output_size: 1}
          fc: {op: linear, out_features: 10}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 64, kernel_size: 3}
          pool: {op: adaptive_avg_pool2d, output_size: 1}
          flatten: flatten
          fc: {op: linear, out_features: 10}
    """

    category = "warning"
    level = "warning"


class BatchMixed(Problem):
    """An output of the model does not begin with the batch.

    Every output has one place for each sample in its first dimension: a loss compares it with as
    many targets, and a batch of one gives one result. A `reshape` whose -1 takes in more than the
    batch, or a join along dimension 0, fits whatever the sizes are, and mixes the samples. Inside a
    model that is fine, as windows of images are put together again. Not told are outputs made from
    weights alone, rows of boxes that name their samples, and the states of `lstm`, `gru` and `rnn`,
    where PyTorch has the batch second.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 64, 64]
        layers:
          conv: {op: conv2d, out_channels: 16, kernel_size: 5, stride: 4}
          view: {op: reshape, shape: [-1, 400]}
          fc: {op: linear, out_features: 10}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 64, 64]
        layers:
          conv: {op: conv2d, out_channels: 16, kernel_size: 5, stride: 4}
          view: flatten
          fc: {op: linear, out_features: 10}
    """

    category = "warning"
    level = "warning"


# What is wrong with the comments that allow what would be warned of.


class UnknownWarning(Problem):
    """A comment allows a warning that does not exist.

    `# archspec: allow unread-layer` keeps quiet what `archspec validate` would warn of on that
    line; several names are separated by commas, and the reason stands behind them. A comment on a
    line of its own speaks of the next line. No comment allows an error.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3]
        layers:
          fc: {op: linear, out_features: 8}  # archspec: allow unread-layers

    Right::

        archspec: 1
        name: Net
        input: [N, 3]
        layers:
          aux: {op: linear, out_features: 8}  # archspec: allow unread-layer  for its weights
          fc: {op: linear, from: input, out_features: 8}
    """

    category = "name"


class UnusedAllow(Problem):
    """A comment allows what nothing warns of.

    What was wrong has been mended, or the comment stands on another line than the layer: it would
    hide the next mistake of this kind.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3}  # archspec: allow bias-before-norm
          relu: relu

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3}  # archspec: allow bias-before-norm
          norm: batch_norm2d
    """

    category = "warning"
    level = "warning"
