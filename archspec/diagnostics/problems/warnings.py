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
    severity = "warning"


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
    severity = "warning"
