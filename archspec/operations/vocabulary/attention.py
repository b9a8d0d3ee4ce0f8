"""Attention of all places to all, and what it asks of masks."""

from collections.abc import Mapping
from typing import ClassVar, TypeVar

from pydantic import model_validator

from archspec.diagnostics import RankMismatch, ShapeMismatch, SymbolicValue, WrongArity, WrongDtype
from archspec.operations.call_text import keywords
from archspec.operations.checks import check_one_dtype
from archspec.operations.fields import Count, Finite, Probability, refused
from archspec.operations.operation import (
    FunctionOperation,
    ModuleOperation,
    Operation,
    Sizes,
    check_floating,
    check_rank,
)
from archspec.sizes import (
    Polynomial,
    Require,
    Size,
    Tensor,
    Truth,
    broadcast,
    divided,
    dividing,
    divisible,
    equal,
)


def check_mask_dtype(operation: Operation, mask: Tensor, dtype: str, name: str = "mask") -> None:
    """Raise `WrongDtype` unless a mask holds truth values, or numbers that are added."""
    if mask.dtype not in ("bool", dtype):
        raise WrongDtype(
            f"the {name} of `{operation.op()}` holds truth values or {dtype}, not {mask.dtype}"
        )


def check_mask(
    require: Require, operation: Operation, name: str, mask: Tensor, *shapes: Tensor
) -> None:
    """Raise `ShapeMismatch` unless a mask has the one of these shapes that has its rank."""
    for shape in shapes:
        same = shape.rank == mask.rank
        if same and all(map(require, map(equal, mask.shape, shape.shape))):
            return
    wanted = " or ".join(map(str, shapes))
    raise ShapeMismatch(
        f"`{name}` of `{operation.op()}` must be {wanted}, and is {mask}",
        label=f"reads {mask}",
    )


Value = TypeVar("Value", Tensor, str)

_CAUSAL = "nn.Transformer.generate_square_subsequent_mask({0}.shape[1], device={0}.device)"


class MultiheadAttention(ModuleOperation):
    """Lets each place of a query gather values from the places whose keys it matches.

    It reads one N×L×E for all three, or query, key and value, which may be longer and have other
    features than the query. Masks come after them: with `key_padding_mask: true` N×S, and then
    with `attn_mask: true` L×S or `N * num_heads`×L×S, of truth values (true is not seen) or of
    numbers that are added. It gives what the query's places gathered, not the weights.
    """

    torch: ClassVar = "nn.MultiheadAttention"
    arity: ClassVar = (1, 5)
    inferred: ClassVar = ("embed_dim", "kdim", "vdim")
    weighted: ClassVar = True
    always: ClassVar = {"batch_first": "True"}
    choosing: ClassVar = frozenset(["key_padding_mask", "attn_mask", "is_causal"])
    arguments: ClassVar = {
        "attn_mask": "Whether the last input says which query does not see which key.",
        "key_padding_mask": "Whether an input behind the values says which keys nobody sees.",
    }

    num_heads: Count
    dropout: Probability = 0.0
    bias: bool = True
    add_bias_kv: bool = False
    add_zero_attn: bool = False
    key_padding_mask: bool = False
    attn_mask: bool = False
    is_causal: bool = False

    @model_validator(mode="after")
    def _has_one_mask(self) -> "MultiheadAttention":
        if self.attn_mask and self.is_causal:
            raise refused("`is_causal` is a mask of its own: leave out `attn_mask`")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Give the features of the query, and those of key and value where they differ."""
        several = len(inputs) > 2 and all(tensor.rank == 3 for tensor in inputs[1:3])
        values = inputs[:3] if several else inputs[:1]
        for tensor in values:
            check_rank(cls, tensor, 3)
            check_floating(cls, tensor)
        query, key, value = _three(values)
        sizes = {"kdim": key.features, "vdim": value.features}
        differ = {name: size for name, size in sizes.items() if size != query.features}
        return {"embed_dim": query.features, **differ}

    def read_off(self, *inputs: Tensor) -> Sizes:
        """Infer from what is no mask; all of that is N×L×E."""
        values = self._values(inputs)
        for tensor in values:
            check_rank(type(self), tensor, 3)
        return self.infer(*values)

    @classmethod
    def by_position(cls) -> tuple[str, ...]:
        """Give the two that stand first; `kdim` and `vdim` are written by name."""
        return ("embed_dim", "num_heads")

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the query's own shape."""
        values = self._values(inputs)
        query, key, value = _three(values)
        if not require(divisible(query.features, self.num_heads)):
            raise ShapeMismatch(
                f"`multihead_attention` cannot split {query.features} features evenly into "
                f"`num_heads: {self.num_heads}`",
                help=dividing("num_heads", query.features, f"for {query.features} features"),
            )
        pairs = ((query, key, 0, "batch"), (key, value, 0, "batch"), (key, value, 1, "length"))
        for a, b, axis, name in pairs:
            self._check_same(require, name, a.shape[axis], b.shape[axis])
        if self.is_causal and not require(equal(query.shape[1], key.shape[1])):
            raise ShapeMismatch(
                "`is_causal` of `multihead_attention` needs as many keys as queries: "
                f"{key.shape[1]} are not {query.shape[1]}"
            )
        self._check_masks(require, query, key, inputs[len(values) :])
        return (query,)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the matrices for query, key and value: one for all if they have as many features."""
        size = inferred["embed_dim"]
        extra = {"bias_k": (1, 1, size), "bias_v": (1, 1, size)} if self.add_bias_kv else {}
        return (
            _projections(inferred)
            | ({"in_proj_bias": (3 * size,)} if self.bias else {})
            | extra
            | {"out_proj.weight": (size, size)}
            | ({"out_proj.bias": (size,)} if self.bias else {})
        )

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count the four projections, queries times keys, and weights times values.

        With the two products ViT-B/16 comes to the 17.564 G that torchvision publishes.
        """
        query, key, value = _three(self._values(inputs))
        size = query.features
        projected = 2 * query.elements + key.elements + value.elements
        places = key.shape[1] + self.add_bias_kv + self.add_zero_attn
        return projected * size + 2 * query.elements * places

    def call(self, module: str, inputs: tuple[str, ...]) -> str:
        """Write `attention(x, x, x, need_weights=False)[0]`."""
        count = len(inputs) - len(self._masks)
        three = _three(inputs[:count])
        masks = [f"{name}={text}" for name, text in zip(self._masks, inputs[count:], strict=True)]
        causal = [f"attn_mask={_CAUSAL.format(inputs[0])}"] if self.is_causal else []
        return f"{module}({', '.join([*three, *masks, *causal])}, need_weights=False)[0]"

    @property
    def _masks(self) -> tuple[str, ...]:
        """Name the masks that it reads, in order."""
        names = ("key_padding_mask", "attn_mask")
        return tuple(name for name in names if getattr(self, name))

    def _values(self, inputs: tuple[Tensor, ...]) -> tuple[Tensor, ...]:
        """Give what it reads without the masks, or raise `WrongArity`."""
        count = len(inputs) - len(self._masks)
        if count in (1, 3):
            return inputs[:count]
        masks = "".join(f", and `{name}`" for name in self._masks)
        raise WrongArity(
            f"`multihead_attention` takes one value, or query, key and value{masks}, and receives "
            f"{len(inputs)}",
            help="a mask stands behind them, and needs `key_padding_mask: true` or "
            "`attn_mask: true`",
        )

    def _check_masks(
        self, require: Require, query: Tensor, key: Tensor, masks: tuple[Tensor, ...]
    ) -> None:
        keys = key.reshaped(key.batch, key.shape[1])
        pairs = query.reshaped(query.shape[1], key.shape[1])
        heads = query.reshaped(query.batch * self.num_heads, *pairs.shape)
        shapes = {"key_padding_mask": (keys,), "attn_mask": (pairs, heads)}
        for name, mask in zip(self._masks, masks, strict=True):
            check_mask_dtype(self, mask, query.dtype, f"`{name}`")
            check_mask(require, self, name, mask, *shapes[name])

    def _check_same(self, require: Require, name: str, a: Size, b: Size) -> None:
        if not require(equal(a, b)):
            raise ShapeMismatch(
                f"`multihead_attention` cannot join its inputs: the {name} differs, {a} and {b}"
            )


def _three(inputs: tuple[Value, ...]) -> tuple[Value, Value, Value]:
    """Give query, key and value."""
    query, key, value = inputs * 3 if len(inputs) == 1 else inputs
    return query, key, value


def _projections(inferred: Mapping[str, int]) -> dict[str, tuple[int, ...]]:
    size = inferred["embed_dim"]
    kdim, vdim = inferred.get("kdim", size), inferred.get("vdim", size)
    if kdim == vdim == size:
        return {"in_proj_weight": (3 * size, size)}
    return {
        "q_proj_weight": (size, size),
        "k_proj_weight": (size, kdim),
        "v_proj_weight": (size, vdim),
    }


class ScaledDotProductAttention(FunctionOperation):
    """Averages the values by how well their keys fit each query: `softmax(q kᵀ / √E) v`.

    It reads queries …×L×E, keys …×S×E, values …×S×F and, if wanted, a mask that broadcasts to
    …×L×S: truth values, or numbers that are added. `dropout_p` drops in evaluation as well.
    """

    torch: ClassVar = "nn.functional.scaled_dot_product_attention"
    takes: ClassVar = "floating"
    arity: ClassVar = (3, 4)

    dropout_p: Probability = 0.0
    is_causal: bool = False
    scale: Finite | None = None
    enable_gqa: bool = False

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
