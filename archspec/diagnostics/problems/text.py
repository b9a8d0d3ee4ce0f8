"""What can be wrong with the text before it means anything."""

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
