"""What is wrong with the comments that allow what would be warned of."""

from archspec.diagnostics.problems.problem import Problem


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
    severity = "warning"
