"""Layers and functions that multiply by a matrix, and the one that leaves all as it is."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch, ShapeMismatch
from archspec.operations.checks import check_one_dtype
from archspec.operations.fields import Count
from archspec.operations.operation import (
    ElementwiseOperation,
    FunctionOperation,
    Sizes,
    check_has_dimensions,
    check_numbers,
)
from archspec.operations.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.sizes import Require, Size, Tensor, broadcast, equal


class Identity(ElementwiseOperation):
    """Gives what it receives."""

    torch: ClassVar = "nn.Identity"
    memory: ClassVar = "input"
    passes_on: ClassVar = True


class _Matrix(ParametrizedOperation):
    """A layer that makes `out_features` of what stands along the last dimension."""

    memory: ClassVar = "own"
    takes: ClassVar = "floating"
    weighted: ClassVar = True
    bias_dim: ClassVar = -1

    out_features: Count
    bias: bool = True
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of features that come out."""
        return {"out_features": weight[0]}


class Linear(_Matrix):
    """Multiplies the last dimension with a matrix: each feature sees all that go in."""

    torch: ClassVar = "nn.Linear"
    inferred: ClassVar = ("in_features",)

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`in_features` is the last dimension."""
        super().infer(*inputs)
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


class Bilinear(_Matrix):
    """Multiplies the features of two values with each other: `y_k = aᵀ W_k b + bias_k`.

    It reads …×A and …×B, and gives …×`out_features`.
    """

    torch: ClassVar = "nn.Bilinear"
    arity: ClassVar = (2, 2)
    inferred: ClassVar = ("in1_features", "in2_features")

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Give the last dimensions of both."""
        first, second = inputs
        super().infer(first)
        super().infer(second)
        check_has_dimensions(cls, first, second)
        return {"in1_features": first.features, "in2_features": second.features}

    @property
    def weight_rank(self) -> int:
        """A matrix for each feature that comes out."""
        return 3

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


class Matmul(FunctionOperation):
    """The product of matrices, the last two dimensions; those before them broadcast.

    A tensor of one dimension is a row on the left, and a column on the right.
    """

    torch: ClassVar = "torch.matmul"
    memory: ClassVar = "own"
    arity: ClassVar = (2, 2)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `…×n×p` for `…×n×m` and `…×m×p`."""
        a, b = inputs
        check_one_dtype(self, inputs)
        check_numbers(type(self), *inputs)
        check_has_dimensions(type(self), a, b)
        self._check_inner(require, a, b)
        batch = broadcast(require, self.op(), (_batch(a), _batch(b)))
        columns = b.shape[-1:] if b.rank > 1 else ()
        shape = (*batch.shape, *a.shape[-2:-1], *columns)
        return (a.reshaped(*shape),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each number that comes out is a sum over the columns of the first input."""
        return outputs[0].elements * inputs[0].features

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a @ b`."""
        return " @ ".join(inputs)

    def _check_inner(self, require: Require, a: Tensor, b: Tensor) -> None:
        columns, rows = a.features, b.shape[-2] if b.rank > 1 else b.shape[0]
        if not require(equal(columns, rows)):
            raise ShapeMismatch(
                f"`matmul` needs as many columns in the first input as rows in the second: "
                f"{columns} are not {rows}",
                label=f"reads {a} and {b}",
            )


def _batch(tensor: Tensor) -> Tensor:
    return tensor.reshaped(*tensor.shape[:-2])
