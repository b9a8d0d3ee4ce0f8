"""The first modules of the vocabulary: windows, norms, attention."""

from random import Random
from typing import Any

from stricter import Known, Rule, Stricter

from fitting.kinds import Arguments, Fitting, Inputs, ranked


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
    "conv1d": Fitting(ranked(3, 3, 3, 2)),
    "upsample": Fitting(arguments=_resized),
}


STRICTER: Known = {
    # An average over whole maps (size 1) is to PyTorch one over the last two of any dimensions.
    ("adaptive_avg_pool2d", "rank-mismatch"): Stricter(Rule.BATCH),
    ("avg_pool2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("conv1d", "rank-mismatch"): Stricter(Rule.BATCH, _without_batch),
    ("conv2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("conv_transpose2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    ("max_pool2d", "rank-mismatch"): Stricter(Rule.BATCH, _unbatched),
    # PyTorch does not look at the dilation of a single cell.
    ("conv_transpose2d", "out_of_range"): Stricter(Rule.UNSEEN, _undilated),
    ("conv_transpose2d", "empty-tensor"): Stricter(Rule.CHANCE),
    ("adaptive_avg_pool2d", "out_of_range"): Stricter(Rule.EMPTY),
    ("avg_pool2d", "wrong-dtype"): Stricter(Rule.ROUNDED),
    # A divisor is a number of values.
    ("avg_pool2d", "greater_than_equal"): Stricter(Rule.FINITE),
}
