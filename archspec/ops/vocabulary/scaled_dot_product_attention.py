"""`scaled_dot_product_attention`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch, ShapeMismatch, SymbolicValue, WrongArity
from archspec.dimensions import Polynomial, Size, Truth, divided, divisible, equal
from archspec.ops.attention import check_mask_dtype
from archspec.ops.fields import Finite, Probability
from archspec.ops.functions import check_one_dtype
from archspec.ops.operation import FunctionOperation, Sizes, check_floating
from archspec.ops.python_text import keywords
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class ScaledDotProductAttention(FunctionOperation):
    """Averages the values by how well their keys fit each query: `softmax(q kᵀ / √E) v`.

    It reads queries …×L×E, keys …×S×E, values …×S×F and, if wanted, a mask that broadcasts to
    …×L×S: truth values, or numbers that are added. `dropout_p` drops in evaluation as well.
    """

    torch: ClassVar = "nn.functional.scaled_dot_product_attention"
    arity: ClassVar = (3, 4)

    dropout_p: Probability = 0.0
    is_causal: bool = False
    scale: Finite | None = None
    enable_gqa: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give …×L×F; the dimensions before broadcast."""
        query, key, value = inputs[:3]
        self._check_kinds(inputs)
        self._same(require, "features of queries and keys", query.features, key.features)
        self._same(require, "number of keys and values", key.shape[-2], value.shape[-2])
        batches = self._batches(require, query, key, value)
        scores = broadcast(require, self.op(), batches[:2])
        batch = broadcast(require, self.op(), (scores, batches[2]))
        for mask in inputs[3:]:
            self._check_mask(require, mask, (*scores.shape, query.shape[-2], key.shape[-2]))
        return (query.reshaped(*batch.shape, query.shape[-2], value.features),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count both products: queries with keys, and their weights with values."""
        query, key = inputs[:2]
        batches = self._batches(_fits, *inputs[:3])
        scores = broadcast(_fits, self.op(), batches[:2]).elements * query.shape[-2]
        return key.shape[-2] * (scores * query.features + outputs[0].elements)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.scaled_dot_product_attention(q, k, v, is_causal=True)`."""
        values = ", ".join(inputs[:3])
        mask = f", attn_mask={inputs[3]}" if len(inputs) == 4 else ""
        return f"{self.torch}({values}{mask}{keywords(arguments)})"

    def _check_kinds(self, inputs: tuple[Tensor, ...]) -> None:
        """Check ranks and dtypes, also of the mask."""
        check_one_dtype(self, inputs[:3])
        if any(tensor.rank < 2 for tensor in inputs[:3]):
            raise RankMismatch(f"`{self.op()}` takes tensors of 2 dimensions or more")
        if len(inputs) == 4 and self.is_causal:
            raise WrongArity(f"`{self.op()}` takes a mask or `is_causal: true`, not both")
        for mask in inputs[3:]:
            check_mask_dtype(self, mask, inputs[0].dtype)

    def _same(self, require: Require, what: str, a: Size, b: Size) -> None:
        if not require(equal(a, b)):
            raise ShapeMismatch(f"the {what} of `{self.op()}` must be the same: {a} are not {b}")

    def _batches(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the dimensions before the last two, with as many heads as the queries have."""
        batches = tuple(tensor.reshaped(*tensor.shape[:-2]) for tensor in inputs)
        if not self.enable_gqa:
            return batches
        if any(batch.rank == 0 for batch in batches):
            raise RankMismatch(f"`{self.op()}` with `enable_gqa: true` needs a dimension of heads")
        heads = batches[0].shape[-1]
        for batch in batches[1:]:
            self._check_heads(require, heads, batch.shape[-1])
        return tuple(batch.reshaped(*batch.shape[:-1], heads) for batch in batches)

    def _check_heads(self, require: Require, heads: Size, shared: Size) -> None:
        if isinstance(shared, Polynomial):
            if divided(heads, shared) is None:
                raise SymbolicValue(f"how many queries share a head is a number: {heads}, {shared}")
        elif not require(divisible(heads, shared)):
            raise ShapeMismatch(
                f"`{self.op()}` cannot share {shared} heads evenly among {heads} of the queries"
            )

    def _check_mask(self, require: Require, mask: Tensor, shape: tuple[Size, ...]) -> None:
        whole = mask.reshaped(*shape)
        joined = broadcast(require, self.op(), (whole, mask))
        if joined.shape != shape:
            raise ShapeMismatch(
                f"the mask of `{self.op()}` must broadcast to {whole}, and is {mask}"
            )


def _fits(truth: Truth) -> bool:
    """Take what `outputs` has checked."""
    return True
