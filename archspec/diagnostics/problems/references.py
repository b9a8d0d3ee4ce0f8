"""What can be wrong with a name that means something elsewhere."""

from archspec.diagnostics.problems.problem import Problem


class UnknownReference(Problem):
    """A layer reads one that does not stand above it in the same body.

    Order is flow, and a layer may read only what has been computed. Descriptions that count layers
    by position have no such mistake, and a worse one: where a row is inserted every number below
    it means another layer, and a different network is built in silence.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3}
          conv2: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          add: {op: add, from: [conv2, covn1]}

    Right::

        archspec: 1
        name: Net
        input: [N, 8, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3}
          conv2: {op: conv2d, out_channels: 8, kernel_size: 3, padding: 1}
          add: {op: add, from: [conv2, conv1]}
    """

    category = "reference"


class UnknownBlock(Problem):
    """`block` names a block that the spec does not define.

    Blocks are those under `blocks` of the same file, and nothing else: operations are called by
    `op`, and another file by `spec`. A name that meant whichever of them there is would change its
    meaning when somebody adds one.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        blocks:
          unit:
            layers: [{op: conv2d, out_channels: 8, kernel_size: 3}, relu]
        layers:
          - {block: unti}
          - unit

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        blocks:
          unit:
            layers: [{op: conv2d, out_channels: 8, kernel_size: 3}, relu]
        layers:
          - {block: unit}
          - unit
    """

    category = "reference"


class UnknownVariant(Problem):
    """The spec has no variant of that name.

    A variant is a named set of parameters. Without the one that was asked for the spec would be
    built with its defaults, and would pass for another network.

    Wrong (--variant huge)::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: width}
        variants:
          large: {width: 256}

    Right (--variant large)::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: width}
        variants:
          large: {width: 256}
    """

    category = "reference"


class UnknownParameter(Problem):
    """A parameter is set that the spec or the block does not have.

    Passed over, it would change nothing: the variant would be the plain network under a name that
    promises another one.

    Wrong::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: width}
        variants:
          large: {widht: 256}

    Right::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: width}
        variants:
          large: {width: 256}
    """

    category = "reference"


class BlockCycle(Problem):
    """Blocks that use each other in a circle would never end.

    Each block would hold another copy of itself, and a program that builds them one inside the
    other stops when its stack is full. What is wanted is a number of them in a row: that is
    `repeat`.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8]
        blocks:
          unit:
            layers: [{op: linear, out_features: 8}, relu, unit]
        layers:
          - unit

    Right::

        archspec: 1
        name: Net
        input: [N, 8]
        blocks:
          unit:
            layers: [{op: linear, out_features: 8}, relu]
        layers:
          - {block: unit, repeat: 3}
    """

    category = "reference"


class SpecCycle(Problem):
    """Specs that use or extend each other in a circle would never end.

    Each file waits for the other to be read. One of them has to stand on its own.

    Wrong (narrow.yaml)::

        archspec: 1
        extends: wide.yaml
        params: {width: 8}

    Wrong (wide.yaml)::

        archspec: 1
        extends: narrow.yaml
        params: {width: 64}

    Right (narrow.yaml)::

        archspec: 1
        extends: wide.yaml
        params: {width: 8}

    Right (wide.yaml)::

        archspec: 1
        name: Net
        params: {width: 64}
        input: [N, 32]
        layers:
          - {op: linear, out_features: width}
    """

    category = "reference"


class UnreadableSpec(Problem):
    """A spec that another one names cannot be read: it is not there, or not to be had.

    It must be a shipped spec, or a file in the folder of the one that names it or below. A path
    that leads out of that folder is refused, so that a spec from a stranger cannot make archspec
    open other files.

    Wrong::

        archspec: 1
        extends: resnet5O
        params: {num_classes: 10}

    Right::

        archspec: 1
        extends: resnet50
        params: {num_classes: 10}
    """

    category = "reference"


class WrongArity(Problem):
    """A layer receives more or fewer values than it takes.

    In PyTorch a second value is whatever the second argument is: `relu(a, b)` takes `b` for
    `inplace` and complains that its truth is ambiguous. Here a layer that takes one value never
    receives two, and several are joined by saying how.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8]
        layers:
          a: {op: linear, out_features: 16}
          b: {op: linear, from: input, out_features: 16}
          relu: {op: relu, from: [a, b]}

    Right::

        archspec: 1
        name: Net
        input: [N, 8]
        layers:
          a: {op: linear, out_features: 16}
          b: {op: linear, from: input, out_features: 16}
          add: {op: add, from: [a, b]}
          relu: relu
    """

    category = "reference"


class AbsentBranch(Problem):
    """A join loses one of its branches: the layer is absent, and another value would stand in.

    Where a layer is absent, whoever reads it reads its first input instead. In a sum that is the
    shortcut of a residual block, and where a dropout is absent its input is what the branch gives.
    But where a whole branch of `cat` is absent, the value from which it starts would be joined in
    its place: the network has as many channels as before, or others, and nobody asked for them. It
    is a branch where it maps or pools, and another layer reads the same value.

    Wrong::

        archspec: 1
        name: Net
        params: {aux: false}
        input: [N, 8, 8, 8]
        layers:
          a: {op: conv2d, out_channels: 8, kernel_size: 1}
          b: {op: conv2d, from: input, out_channels: 8, kernel_size: 3, padding: 1, when: aux}
          cat: {op: cat, from: [a, b], dim: 1}

    Right::

        archspec: 1
        name: Net
        params: {aux: false}
        input: [N, 8, 8, 8]
        layers:
          a: {op: conv2d, out_channels: 8, kernel_size: 1}
          b: {op: conv2d, from: input, out_channels: 8, kernel_size: 3, padding: 1, when: aux}
          cat: {op: cat, from: [a, b], dim: 1, when: aux}
    """

    category = "reference"
