"""`parameter`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.operation import ValueOperation
from archspec.ops.sizes import FixedShape
from archspec.shapes import Require
from archspec.tensors import Tensor


class Parameter(ValueOperation):
    """A weight by itself: it reads nothing, gives its numbers, and its key is its name alone.

    It starts as zeros unless `init` says otherwise.
    """

    torch: ClassVar = "nn.Parameter"

    shape: FixedShape

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give a tensor of that shape."""
        return (Tensor(self.shape),)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Its own shape, under no name but the layer's."""
        return {"": self.shape}
