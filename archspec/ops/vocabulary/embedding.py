"""`embedding`."""

from typing import ClassVar

from archspec.ops.operation import Sizes
from archspec.ops.tables import Table, check_indices
from archspec.shapes import Require
from archspec.tensors import Tensor


class Embedding(Table):
    """Looks up a row of its table for each number, which counts from 0.

    It is no weighted layer: a lookup multiplies nothing, so that it adds neither
    multiply-accumulates nor depth.
    """

    torch: ClassVar = "nn.Embedding"
    memory: ClassVar = "own"

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes int64 or int32 of any shape."""
        check_indices(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape, and `embedding_dim` behind it."""
        return (Tensor((*inputs[0].shape, self.embedding_dim)),)
