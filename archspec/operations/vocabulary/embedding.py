"""Rows looked up in a table by their numbers, and rows that are 1 in one place."""

from collections.abc import Mapping
from typing import ClassVar, Literal, Self

from pydantic import model_validator

from archspec.diagnostics import ShapeMismatch, WrongArity, WrongDtype
from archspec.operations.checks import check_not_empty
from archspec.operations.fields import Count, Extended, FreeSize, OptionalPositive, refused
from archspec.operations.operation import FreeFunction, FreeOperation, Operation, Sizes, check_rank
from archspec.operations.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.sizes import Require, Size, Tensor, equal


class Table(FreeOperation, ParametrizedOperation):
    """A table of `num_embeddings` rows, each of `embedding_dim` numbers."""

    zero_rows: ClassVar = {"weight": "padding_idx"}

    num_embeddings: Count
    embedding_dim: Count
    padding_idx: int | None = None
    max_norm: OptionalPositive = None
    norm_type: Extended = 2.0
    scale_grad_by_freq: bool = False
    sparse: bool = False
    weight_norm: OptionalWeightNorm = None
    spectral_norm: OptionalSpectralNorm = None

    @model_validator(mode="after")
    def _padding_is_a_row(self) -> Self:
        index, rows = self.padding_idx, self.num_embeddings
        if index is not None and not -rows <= index < rows:
            raise refused(
                f"`padding_idx` must be one of the {rows} rows, from 0 to {rows - 1}, not {index}"
            )
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes int64 or int32."""
        super().infer(*inputs)
        check_indices(cls, inputs[0])
        return {}

    def rewritten(self) -> tuple[str, ...]:
        """With `max_norm` the rows that are looked up are shortened where they stand."""
        return () if self.max_norm is None else ("weight",)

    def filled(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[num_embeddings, embedding_dim]`."""
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of rows, and how long they are."""
        return dict(zip(("num_embeddings", "embedding_dim"), weight, strict=True))


def check_indices(operation: type[Operation], tensor: Tensor) -> None:
    """Raise `WrongDtype` unless the tensor holds numbers of rows."""
    if tensor.dtype in ("int64", "int32"):
        return
    raise WrongDtype(
        f"`{operation.op()}` takes int64 or int32, not {tensor.dtype}",
        label=f"reads {tensor} of {tensor.dtype}",
        help="write `input: {shape: [N, T], dtype: int64}`",
    )


class Embedding(Table):
    """Looks up a row of its table for each number, which counts from 0.

    It is no weighted layer: a lookup multiplies nothing, so that it adds neither
    multiply-accumulates nor depth.
    """

    torch: ClassVar = "nn.Embedding"
    memory: ClassVar = "own"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape, and `embedding_dim` behind it."""
        return (Tensor((*inputs[0].shape, self.embedding_dim)),)


class EmbeddingBag(Table):
    """Looks up a row of its table for each number, and joins the rows of a bag into one.

    A bag is a row of N×T. Of numbers without rows a second input says where each bag begins. With
    `per_sample_weights: true` the last input has a factor for each number, for `mode: sum`.
    """

    torch: ClassVar = "nn.EmbeddingBag"
    ranks: ClassVar = (1, 2)
    arity: ClassVar = (1, 3)
    choosing: ClassVar = Table.choosing | {"per_sample_weights"}
    arguments: ClassVar = {
        "include_last_offset": "Whether the last offset is the end of the last bag.",
        "mode": "Whether the rows of a bag are added, averaged, or the largest numbers taken.",
        "per_sample_weights": "Whether the last input has a factor for each number.",
    }

    mode: Literal["sum", "mean", "max"] = "mean"
    include_last_offset: bool = False
    per_sample_weights: bool = False

    @model_validator(mode="after")
    def _suits_its_mode(self) -> Self:
        for name in ("sparse", "scale_grad_by_freq"):
            if self.mode == "max" and getattr(self, name):
                raise refused(f"`{name}` is not for `mode: max`")
        if self.per_sample_weights and self.mode != "sum":
            raise refused("`per_sample_weights` needs `mode: sum`")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give a row of `embedding_dim` numbers for each bag."""
        x = inputs[0]
        self._check_number(inputs)
        if self.per_sample_weights:
            self._check_factors(require, x, inputs[-1])
        bags = x.batch if x.rank == 2 else self._bags(require, inputs[1])
        return (Tensor((bags, self.embedding_dim)),)

    def call(self, module: str, inputs: tuple[str, ...]) -> str:
        """Write `bag(x, offsets, per_sample_weights=factors)`."""
        if not self.per_sample_weights:
            return f"{module}({', '.join(inputs)})"
        *others, factors = inputs
        return f"{module}({', '.join(others)}, per_sample_weights={factors})"

    def _check_number(self, inputs: tuple[Tensor, ...]) -> None:
        """Raise `WrongArity` unless offsets and factors are there where they are wanted."""
        wanted = ["numbers"]
        if inputs[0].rank == 1:
            wanted.append("offsets")
        if self.per_sample_weights:
            wanted.append("factors")
        if len(inputs) != len(wanted):
            raise WrongArity(
                f"`embedding_bag` takes {' and '.join(wanted)} here, and receives "
                f"{len(inputs)} value{'s' if len(inputs) > 1 else ''}",
                help="numbers of 2 dimensions take no offsets, those of 1 dimension need them, and "
                "factors need `per_sample_weights: true`",
            )

    def _check_factors(self, require: Require, x: Tensor, factors: Tensor) -> None:
        if factors.dtype != "float32":
            raise WrongDtype(f"the factors of `embedding_bag` are float32, not {factors.dtype}")
        same = factors.rank == x.rank
        if not same or not all(map(require, map(equal, x.shape, factors.shape))):
            raise ShapeMismatch(
                f"`embedding_bag` needs a factor for each number: {factors} are not {x}"
            )

    def _bags(self, require: Require, offsets: Tensor) -> Size:
        check_rank(type(self), offsets, 1)
        check_indices(type(self), offsets)
        bags = offsets.batch - self.include_last_offset
        check_not_empty(require, self, bags, "with `include_last_offset` 1 offset is no bag")
        return bags


class OneHot(FreeFunction):
    """A row of zeros for each number, with a 1 in the place that the number counts from 0.

    PyTorch's default is the largest number that is seen, which no shape tells: here
    `num_classes` is required.
    """

    torch: ClassVar = "nn.functional.one_hot"
    arguments: ClassVar = {"num_classes": "How long each row is: one more than the largest number."}

    num_classes: FreeSize

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes int64 of any shape."""
        if inputs[0].dtype != "int64":
            raise WrongDtype(
                f"`one_hot` takes int64, not {inputs[0].dtype}",
                label=f"reads {inputs[0]} of {inputs[0].dtype}",
                help="write `input: {shape: [N, T], dtype: int64}`",
            )
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape, and `num_classes` behind it."""
        (x,) = inputs
        return (x.reshaped(*x.shape, self.num_classes),)
