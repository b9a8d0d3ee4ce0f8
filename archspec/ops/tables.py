"""What `embedding` and `embedding_bag` share: a table of which rows are looked up."""

from collections.abc import Mapping
from typing import ClassVar, Self

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import WrongDtype
from archspec.ops.fields import Count, Extended, OptionalPositive
from archspec.ops.operation import FreeOperation, Operation
from archspec.ops.parametrization import (
    OptionalSpectralNorm,
    OptionalWeightNorm,
    ParametrizedOperation,
)
from archspec.tensors import Tensor


class Table(FreeOperation, ParametrizedOperation):
    """A table of `num_embeddings` rows, each of `embedding_dim` numbers.

    It is no weighted layer: a lookup multiplies nothing, so that it adds neither
    multiply-accumulates nor depth.
    """

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
            raise PydanticCustomError(
                "out_of_range",
                "`padding_idx` must be one of the {rows} rows, from 0 to {last}, not {index}",
                {"rows": rows, "last": rows - 1, "index": index},
            )
        return self

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
