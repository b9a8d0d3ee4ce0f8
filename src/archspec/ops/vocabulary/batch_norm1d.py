"""`batch_norm1d`."""

from typing import ClassVar

from archspec.ops.operation import Sizes, check_floating, check_rank
from archspec.ops.vocabulary.batch_norm2d import BatchNorm2d
from archspec.tensors import Tensor


class BatchNorm1d(BatchNorm2d):
    """Normalises each channel of N×C or N×C×L over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm1d"

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`num_features` is the second dimension."""
        check_rank(cls, inputs[0], 2, 3)
        check_floating(cls, inputs[0])
        return {"num_features": inputs[0].channels}
