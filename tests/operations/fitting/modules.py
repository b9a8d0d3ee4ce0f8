"""The first modules of the vocabulary: windows, norms, attention."""

from random import Random
from typing import Any

from stricter import Known, Rule, Stricter

from archspec.tensors import Tensor
from fitting.kinds import Arguments, Fitting, Inputs, ranked, shape


def _attended(random: Random) -> Inputs:
    """Draw one value for all, or a query, keys and values that may have other features."""
    batch, length, features, other = shape(random, 4)
    query = Tensor((batch, length, features))
    if random.random() < 0.6:
        return (query,)
    key = Tensor((batch, random.choice((length, 3)), random.choice((features, other))))
    return query, key, Tensor((*key.shape[:2], random.choice((features, other))))


def _indices(random: Random) -> Inputs:
    dtype = random.choice(("int64", "int64", "int32"))
    return (Tensor(shape(random, random.randint(1, 4)), dtype),)


def _resized(random: Random, inputs: Inputs) -> Arguments:
    sizes: Arguments = {"scale_factor": None, "size": 3}
    return random.choice(({}, sizes, {"size": None}, {"size": None}))


def _unbatched(case: Any) -> bool:
    return bool(case.inputs[0].rank == 3)


def _without_batch(case: Any) -> bool:
    return bool(case.inputs[0].rank == 2)


def _undilated(case: Any) -> bool:
    dilation = case.given.get("dilation", 1)
    return dilation == 0 or (isinstance(dilation, list) and 0 in dilation)


FITTING = {
    "adaptive_avg_pool2d": Fitting(ranked(4, 4, 4, 3)),
    "avg_pool2d": Fitting(ranked(4, 4, 4, 3)),
    "batch_norm1d": Fitting(ranked(2, 3)),
    "conv1d": Fitting(ranked(3, 3, 3, 2)),
    "embedding": Fitting(_indices),
    "multihead_attention": Fitting(_attended),
    "upsample": Fitting(arguments=_resized),
}

_FINITE = (
    *("batch_norm1d", "batch_norm2d", "elu", "embedding", "group_norm", "layer_norm"),
    *("leaky_relu", "multihead_attention", "stochastic_depth"),
)
_DIVIDES = ("batch_norm1d", "batch_norm2d", "embedding", "group_norm", "layer_norm")

STRICTER: Known = {
    # An average over whole maps (size 1) is to PyTorch one over the last two of any dimensions.
    ("adaptive_avg_pool2d", "rank-mismatch"): Stricter(Rule.BATCH),
    ("avg_pool2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("conv1d", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch),
    ("conv2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("conv_transpose2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("max_pool2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("multihead_attention", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch),
    # PyTorch does not look at the dilation of a single cell.
    ("conv_transpose2d", "out_of_range"): Stricter(Rule.UNSEEN, _undilated),
    ("conv_transpose2d", "empty-tensor"): Stricter(Rule.CHANCE),
    ("adaptive_avg_pool2d", "out_of_range"): Stricter(Rule.EMPTY),
    ("embedding", "greater_than_equal"): Stricter(Rule.EMPTY),
    ("linear", "greater_than_equal"): Stricter(Rule.EMPTY),
    ("avg_pool2d", "wrong-dtype"): Stricter(Rule.ROUNDED),
    # A divisor is a number of values.
    ("avg_pool2d", "greater_than_equal"): Stricter(Rule.FINITE),
    ("stochastic_depth", "wrong-dtype"): Stricter(Rule.TRAINING),
    ("stochastic_depth", "greater_than_equal"): Stricter(Rule.TRAINING),
    ("stochastic_depth", "less_than_equal"): Stricter(Rule.TRAINING),
    ("multihead_attention", "greater_than_equal"): Stricter(Rule.TRAINING),
    ("multihead_attention", "less_than_equal"): Stricter(Rule.TRAINING),
    **{(name, "finite_number"): Stricter(Rule.FINITE) for name in _FINITE},
    **{(name, "greater_than"): Stricter(Rule.FINITE) for name in _DIVIDES},
}
