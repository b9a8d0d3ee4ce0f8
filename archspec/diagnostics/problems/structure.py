"""What can be wrong with a text, and with the keys and values in it."""

from archspec.diagnostics.problems.problem import Problem


class Syntax(Problem):
    """The text is not YAML: an open bracket or quote, a tab as indent, bytes that are no UTF-8.

    Nothing can be read from such a text, and most readers of YAML name the line at which they
    gave up, which may be far below the slip. Here the place is told where the bracket or the
    quote begins, or the line is indented otherwise than those around it.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3
          - relu

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3}
          - relu
    """

    category = "syntax"


class YamlFeature(Problem):
    """A part of YAML that a spec does not use: tags, directives, merge keys, several documents.

    Readers of YAML differ in them. A tag can make a reader run code: `!!python/object/apply` does
    so in PyYAML, where it is not told to be safe. Merge keys left YAML with version 1.2, and many
    readers obey them still. A spec is plain data that means the same to all of them: what is
    repeated becomes a block, and what differs its parameter.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - &conv {op: conv2d, out_channels: 8, kernel_size: 3}
          - {<<: *conv, stride: 2}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        blocks:
          conv:
            params: {stride: 1}
            layers:
              - {op: conv2d, out_channels: 8, kernel_size: 3, stride: stride}
        layers:
          - conv
          - {block: conv, stride: 2}
    """

    category = "feature"


class DuplicateKey(Problem):
    """A key is written twice in one mapping.

    YAML forbids it, and most readers allow it: PyYAML takes the last one and says nothing. A
    second layer of the same name would drop the first one from the network, and a second
    `kernel_size` would win by where it stands.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv: {op: conv2d, out_channels: 8, kernel_size: 3}
          conv: {op: conv2d, out_channels: 16, kernel_size: 3}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          conv1: {op: conv2d, out_channels: 8, kernel_size: 3}
          conv2: {op: conv2d, out_channels: 16, kernel_size: 3}
    """

    category = "duplicate"


class LimitExceeded(Problem):
    """The spec is larger or deeper than the limits that protect the program that reads it.

    A few lines can ask for more than any machine has: aliases of aliases, repetitions of
    repetitions. A reader without limits would fill the memory or never end. Equal repetitions
    cost nothing here, however many they are; only those that differ are counted.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: dropout, p: index / 50000, repeat: 50000}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: dropout, p: 0.1, repeat: 50000}
    """

    category = "limit"


class NumberTooLarge(Problem):
    """A number beyond 2^63 - 1, which no size or count of a tensor can be.

    PyTorch keeps sizes in 64 bits, and fails where one does not fit. Python computes with numbers
    of any length: an expression such as `9 ** 9 ** 9` would keep it busy for hours.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          - {op: linear, out_features: 10 ** 100}

    Right::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          - {op: linear, out_features: 10 ** 3}
    """

    category = "limit"


class WrongType(Problem):
    """A value of another type is wanted here, say a number where a text stands.

    Readers of YAML disagree about what many plain words are. PyYAML reads `no` as false, `017` as
    15 and `3:30` as 210, others read three texts; and Python takes the text `no` for true. Here
    such a value is refused where a number or a truth value is wanted, so that a file says the same
    to all who read it.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, bias: no}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, bias: false}
    """

    category = "type"


class UnknownKey(Problem):
    """A key that means nothing here; perhaps it is misspelt.

    A program that looks up the keys that it knows passes over all others: a misspelt `stride`
    would leave the default, and the network would be another one, twice as large and without a
    word.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, strde: 2}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, stride: 2}
    """

    category = "schema"


class MissingKey(Problem):
    """A key that is required is not there.

    What has no default is what no default would fit. `torch.cat` shows why: without `dim` it joins
    along dimension 0, so that two images with 3 and 3 channels become a batch of twice as many
    images, and nothing complains.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          relu: relu
          join: {op: cat, from: [input, relu]}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          relu: relu
          join: {op: cat, from: [input, relu], dim: 1}
    """

    category = "schema"


class UnknownOperation(Problem):
    """No operation, block or layer parameter has this name.

    Operations are a closed list, which `archspec ops` shows: a name in a file is never imported or
    called, as it would be by a program that looks for it in `torch.nn`. They carry the names of
    PyTorch in snake case, `Conv2d` is `conv2d`. Whoever runs archspec may add operations, each a
    class in a file of Python, by `--ops my_ops.py`.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: Conv2d, out_channels: 8, kernel_size: 3}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3}
    """

    category = "schema"


class MisplacedKey(Problem):
    """A key stands beside others that it cannot stand with, or where it says nothing.

    Whoever wrote it meant something by it. A program that passes over it builds another network:
    here `first` is for the first of several repetitions, and where there are none the stride of 2
    would be lost.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, first: {stride: 2}}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: conv2d, out_channels: 8, kernel_size: 3, first: {stride: 2}, repeat: 4}
    """

    category = "schema"


class OutOfRange(Problem):
    """The value is of the right type, but no such value makes sense here.

    PyTorch builds many such modules and refuses them only when the first batch arrives, as it does
    a stride of 0 or a padding of more than half the window; on its meta device a convolution with
    a dilation of 0 even gives a shape.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: max_pool2d, kernel_size: 3, padding: 2}

    Right::

        archspec: 1
        name: Net
        input: [N, 3, 32, 32]
        layers:
          - {op: max_pool2d, kernel_size: 3, padding: 1}
    """

    category = "domain"


class BadName(Problem):
    """A name that cannot be a key of a `state_dict` or an attribute of the emitted class.

    A layer's name becomes an attribute of a module. PyTorch lets a layer take the place of what
    `nn.Module` has there: with `self.forward = nn.Linear(8, 8)` the model is built, and says that
    it lacks its forward function only when it is called. A point in a name would cut its key in
    two, and a name that stands twice would hide the layer above.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 8]
        layers:
          forward: {op: linear, out_features: 8}

    Right::

        archspec: 1
        name: Net
        input: [N, 8]
        layers:
          fc: {op: linear, out_features: 8}
    """

    category = "name"


# What can be wrong with what a spec says of its network.


class ClaimFails(Problem):
    """An `expect` says something about the network that is not so.

    A claim is written down from a source that is not this file: a paper, or another
    implementation. Where it fails the network is another one than the one that was meant, though
    every layer of it fits. Do not copy the number from the message before you know which side is
    wrong.

    Wrong::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          - {op: linear, out_features: 10}
        expect: {params: 640}

    Right::

        archspec: 1
        name: Net
        input: [N, 64]
        layers:
          - {op: linear, out_features: 10}
        expect: {params: 650}
    """

    category = "claim"
