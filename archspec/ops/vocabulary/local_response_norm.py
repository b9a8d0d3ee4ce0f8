"""`local_response_norm`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Count, Finite
from archspec.ops.normalisation import check_least_rank
from archspec.ops.operation import Sizes, check_floating, check_no_half
from archspec.tensors import Tensor


class LocalResponseNorm(FloatingOperation):
    """Divides each number of N×C×… by `(k + alpha * m)**beta`.

    `m` is the mean of the squares at the same place in the `size` channels around; those beyond
    the first and the last are 0 (AlexNet; Krizhevsky et al., 2012).
    """

    torch: ClassVar = "nn.LocalResponseNorm"
    memory: ClassVar = "own"
    arguments: ClassVar = {
        "size": "Of how many neighbouring channels the mean is taken.",
        "alpha": "The factor of the mean of the squares.",
        "beta": "The power of what it divides by.",
        "k": "What is added to the mean of the squares.",
    }

    size: Count
    alpha: Finite = 1e-4
    beta: Finite = 0.75
    k: Finite = 1.0

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes channels of at least one dimension."""
        check_least_rank(cls, inputs[0], 3)
        check_floating(cls, inputs[0])
        if inputs[0].rank > 3:  # the mean is one of `avg_pool3d` then
            check_no_half(cls, inputs[0], " over channels of two dimensions or more")
        return {}
