"""`linear`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.dimensions import Size
from archspec.ops.fields import Count
from archspec.ops.operation import Sizes, check_floating, check_has_dimensions
from archspec.ops.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.shapes import Require
from archspec.tensors import Tensor


class Linear(ParametrizedOperation):
    """Multiplies the last dimension with a matrix: each feature sees all that go in."""

    torch: ClassVar = "nn.Linear"
    memory: ClassVar = "own"
    inferred: ClassVar = ("in_features",)
    weighted: ClassVar = True
    bias_dim: ClassVar = -1

    out_features: Count
    bias: bool = True
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_features` is the last dimension."""
        check_floating(cls, inputs[0])
        check_has_dimensions(cls, inputs[0])
        return {"in_features": inputs[0].features}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape with `out_features` as its last dimension."""
        (x,) = inputs
        return (x.reshaped(*x.shape[:-1], self.out_features),)

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_features, in_features]`."""
        matrix = {"weight": (self.out_features, inferred["in_features"])}
        return matrix | ({"bias": (self.out_features,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over `in_features`."""
        return outputs[0].elements * inputs[0].features

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of features that come out."""
        return {"out_features": weight[0]}
