"""`rms_norm`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.dimensions import Size
from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Positive
from archspec.ops.operation import Sizes, check_floating, check_has_dimensions
from archspec.tensors import Tensor


class RmsNorm(FloatingOperation):
    """Divides by the root of the mean square over the last dimension, then scales each feature.

    `eps`, which is added to the mean square, is the dtype's own where it is null: 1.2e-07 for
    float32.
    """

    torch: ClassVar = "nn.RMSNorm"
    memory: ClassVar = "own"
    inferred: ClassVar = ("normalized_shape",)
    arguments: ClassVar = {
        "eps": "What is added to the mean square; null for the smallest step of the dtype.",
        "elementwise_affine": "Whether it has a weight for each feature.",
    }

    eps: Positive | None = None
    elementwise_affine: bool = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`normalized_shape` is the last dimension."""
        check_floating(cls, inputs[0])
        check_has_dimensions(cls, inputs[0])
        return {"normalized_shape": inputs[0].features}

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give nothing: PyTorch multiplies numbers of any precision by its weights."""
        return ()

    def normalised(self, *inputs: Tensor) -> Size | None:
        """Count the features at one place; one alone is not 0 then, but keeps its sign."""
        features = inputs[0].features
        return None if features == 1 else features

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor a feature."""
        return {"weight": (inferred["normalized_shape"],)} if self.elementwise_affine else {}
