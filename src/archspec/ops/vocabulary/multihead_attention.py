"""`multihead_attention`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch, WrongArity
from archspec.dimensions import Size, divisible, equal
from archspec.ops.fields import Count, Probability
from archspec.ops.operation import ModuleOperation, Sizes, check_floating, check_rank
from archspec.shapes import Require
from archspec.tensors import Tensor


class MultiheadAttention(ModuleOperation):
    """Lets each place of a query gather values from the places whose keys it matches.

    It reads one N×L×E for all three, or query, key and value, which may be longer and have other
    features than the query. It gives what the query's places gathered, not the weights.
    """

    torch: ClassVar = "nn.MultiheadAttention"
    arity: ClassVar = (1, 3)
    inferred: ClassVar = ("embed_dim", "kdim", "vdim")
    weighted: ClassVar = True
    always: ClassVar = {"batch_first": "True"}

    num_heads: Count
    dropout: Probability = 0.0
    bias: bool = True
    add_bias_kv: bool = False
    add_zero_attn: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Give the features of the query, and those of key and value where they differ."""
        if len(inputs) == 2:
            raise WrongArity(
                "`multihead_attention` takes one value, or query, key and value, and receives 2"
            )
        for tensor in inputs:
            check_rank(cls, tensor, 3)
            check_floating(cls, tensor)
        query, key, value = _three(inputs)
        sizes = {"kdim": key.features, "vdim": value.features}
        differ = {name: size for name, size in sizes.items() if size != query.features}
        return {"embed_dim": query.features, **differ}

    @classmethod
    def by_position(cls) -> tuple[str, ...]:
        """Give the two that stand first; `kdim` and `vdim` are written by name."""
        return ("embed_dim", "num_heads")

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the query's own shape."""
        query, key, value = _three(inputs)
        if not require(divisible(query.features, self.num_heads)):
            raise ShapeMismatch(
                f"`multihead_attention` cannot split {query.features} features evenly into "
                f"`num_heads: {self.num_heads}`"
            )
        pairs = ((query, key, 0, "batch"), (key, value, 0, "batch"), (key, value, 1, "length"))
        for a, b, axis, name in pairs:
            if not require(equal(a.shape[axis], b.shape[axis])):
                raise ShapeMismatch(
                    f"`multihead_attention` cannot join its inputs: the {name} differs, "
                    f"{a.shape[axis]} and {b.shape[axis]}"
                )
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
        query, key, value = _three(inputs)
        size = query.features
        projected = 2 * query.elements + key.elements + value.elements
        places = key.shape[1] + self.add_bias_kv + self.add_zero_attn
        return projected * size + 2 * query.elements * places

    def call(self, module: str, inputs: tuple[str, ...]) -> str:
        """Write `attention(x, x, x, need_weights=False)[0]`."""
        three = inputs * 3 if len(inputs) == 1 else inputs
        return f"{module}({', '.join(three)}, need_weights=False)[0]"


def _three(inputs: tuple[Tensor, ...]) -> tuple[Tensor, Tensor, Tensor]:
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
