"""What can be wrong with what a spec says of its network."""

from archspec.diagnostics.problems.problem import Problem


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
