"""`bilinear`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch, ShapeMismatch
from archspec.dimensions import Size, equal
from archspec.ops.fields import Count
from archspec.ops.functions import check_one_dtype
from archspec.ops.operation import Sizes, check_floating, check_has_dimensions
from archspec.ops.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.shapes import Require
from archspec.tensors import Tensor


class Bilinear(ParametrizedOperation):
    """Multiplies the features of two values with each other: `y_k = aᵀ W_k b + bias_k`.

    It reads …×A and …×B, and gives …×`out_features`.
    """

    torch: ClassVar = "nn.Bilinear"
    memory: ClassVar = "own"
    arity: ClassVar = (2, 2)
    inferred: ClassVar = ("in1_features", "in2_features")
    weighted: ClassVar = True
    weight_rank: ClassVar = 3
    bias_dim: ClassVar = -1

    out_features: Count
    bias: bool = True
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Give the last dimensions of both."""
        for tensor in inputs:
            check_floating(cls, tensor)
        first, second = inputs
        check_has_dimensions(cls, first, second)
        return {"in1_features": first.features, "in2_features": second.features}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape of both with `out_features` as its last dimension."""
        first, second = inputs
        check_one_dtype(self, inputs)
        if first.rank != second.rank:
            raise RankMismatch(
                f"`bilinear` takes two values of as many dimensions, not of {first.rank} and "
                f"{second.rank}"
            )
        for index, (a, b) in enumerate(zip(first.shape[:-1], second.shape[:-1], strict=True)):
            if not require(equal(a, b)):
                raise ShapeMismatch(
                    f"`bilinear` cannot join its inputs: dimension {index} differs, {a} and {b}",
                    help="only the last dimensions may differ",
                )
        return (first.reshaped(*first.shape[:-1], self.out_features),)

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[out_features, in1_features, in2_features]`."""
        cube = {"weight": (self.out_features, inferred["in1_features"], inferred["in2_features"])}
        return cube | ({"bias": (self.out_features,)} if self.bias else {})

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is `aᵀ W`, a sum over A for each of B, and then a sum over B.

        That is how PyTorch computes it.
        """
        first, second = inputs
        return outputs[0].elements * second.features * (first.features + 1)

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of features that come out."""
        return {"out_features": weight[0]}
