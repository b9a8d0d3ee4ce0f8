"""`embedding`."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import WrongDtype
from archspec.ops.fields import Count, Finite, Positive
from archspec.ops.operation import FreeOperation, Sizes
from archspec.shapes import Require
from archspec.tensors import Tensor


class Embedding(FreeOperation):
    """Looks up a row of its table for each number, which counts from 0.

    It is no weighted layer: a lookup multiplies nothing, so that it adds neither
    multiply-accumulates nor depth.
    """

    torch: ClassVar = "nn.Embedding"

    num_embeddings: Count
    embedding_dim: Count
    padding_idx: int | None = None
    max_norm: Positive | None = None
    norm_type: Finite = 2.0
    scale_grad_by_freq: bool = False
    sparse: bool = False

    @model_validator(mode="after")
    def _padding_is_a_row(self) -> "Embedding":
        index, rows = self.padding_idx, self.num_embeddings
        if index is not None and not -rows <= index < rows:
            raise PydanticCustomError(
                "out_of_range",
                "`padding_idx` must be one of the {rows} rows, from 0 to {last}, not {index}",
                {"rows": rows, "last": rows - 1, "index": index},
            )
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes int64 or int32 of any shape."""
        (x,) = inputs
        if x.dtype not in ("int64", "int32"):
            raise WrongDtype(
                f"`embedding` takes int64 or int32, not {x.dtype}",
                label=f"reads {x} of {x.dtype}",
                help="write `input: {shape: [N, T], dtype: int64}`",
            )
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape, and `embedding_dim` behind it."""
        return (Tensor((*inputs[0].shape, self.embedding_dim)),)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """`weight` is `[num_embeddings, embedding_dim]`."""
        return {"weight": (self.num_embeddings, self.embedding_dim)}

    @classmethod
    def of_weight(cls, weight: tuple[int, ...]) -> Mapping[str, object]:
        """Give the number of rows, and how long they are."""
        return dict(zip(("num_embeddings", "embedding_dim"), weight, strict=True))
