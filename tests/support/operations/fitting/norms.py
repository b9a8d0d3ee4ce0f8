"""Normalisations, activations, and what drops at random."""

from collections.abc import Callable
from random import Random
from typing import Any

from archspec.sizes import Tensor
from support.operations.fitting.kinds import Arguments, Fitting, Inputs, dim, ranked, shape
from support.operations.stricter import Known, Rule, Stricter

_DTYPES = (*("float32",) * 7, "int64", "int32", "bool")


def _any_dtype(*ranks: int) -> Callable[[Random], Inputs]:
    """Draw a tensor of one of these numbers of dimensions; now and then no floats."""
    chosen = ranks or (1, 2, 3, 4, 5)
    return lambda random: (Tensor(shape(random, random.choice(chosen)), random.choice(_DTYPES)),)


def _halved(random: Random) -> Inputs:
    """Draw sizes of which most are even."""
    return (Tensor(tuple(random.choices((2, 4, 6, 8, 3, 1), k=random.randint(1, 5)))),)


def _taken(random: Random, inputs: Inputs) -> Arguments:
    return {"dim": dim(random, inputs[0])} if random.random() < 0.7 else {}


def _slopes(random: Random, inputs: Inputs) -> Arguments:
    (x, *_) = inputs
    return {"num_parameters": random.choice((1, *x.shape[1:2]))}


def _in_order(lower: str, upper: str) -> Callable[[Random, Inputs], Arguments]:
    def arguments(random: Random, inputs: Inputs) -> Arguments:
        low, high = sorted(random.choices((-2.0, -0.5, 0.0, 0.1, 0.125, 0.5, 1), k=2))
        return {lower: low, upper: high} if random.random() < 0.5 else {}

    return arguments


def _few_dimensions(case: Any) -> bool:
    """Say whether PyTorch takes the channels of a single sample for the batch."""
    return bool(case.inputs[0].rank == case.cls.ranks[-1] - 1)


_BY_NUMBER = (
    *("alpha_dropout", "celu", "dropout", "elu", "gelu", "hardshrink", "hardsigmoid", "hardswish"),
    *("leaky_relu", "log_sigmoid", "mish", "relu", "relu6", "selu", "sigmoid", "silu", "softplus"),
    *("softshrink", "softsign", "stochastic_depth", "tanh", "tanhshrink", "threshold"),
)
_DROPPING = ("alpha_dropout", "dropout", "dropout1d", "dropout2d", "dropout3d")

FITTING = {
    **{name: Fitting(_any_dtype()) for name in _BY_NUMBER},
    "batch_norm1d": Fitting(ranked(2, 3)),
    "batch_norm2d": Fitting(ranked(4)),
    "batch_norm3d": Fitting(ranked(5, 5, 5, 4)),
    "dropout1d": Fitting(_any_dtype(3, 3, 3, 2)),
    "dropout2d": Fitting(_any_dtype(4, 4, 4, 3)),
    "dropout3d": Fitting(_any_dtype(5, 5, 5, 4)),
    "feature_alpha_dropout": Fitting(_any_dtype()),
    "glu": Fitting(_halved, _taken),
    "hardtanh": Fitting(_any_dtype(), _in_order("min_val", "max_val")),
    "instance_norm1d": Fitting(ranked(3, 3, 3, 2)),
    "instance_norm2d": Fitting(ranked(4, 4, 4, 3)),
    "instance_norm3d": Fitting(ranked(5, 5, 5, 4)),
    "local_response_norm": Fitting(ranked(3, 4, 5, 2)),
    "log_softmax": Fitting(_any_dtype(), _taken),
    "prelu": Fitting(_any_dtype(), _slopes),
    "rms_norm": Fitting(ranked(1, 2, 3, 4, 5)),
    "rrelu": Fitting(_any_dtype(), _in_order("lower", "upper")),
    "softmax": Fitting(_any_dtype(), _taken),
    "softmax2d": Fitting(ranked(4, 4, 4, 3)),
    "softmin": Fitting(_any_dtype(), _taken),
}

_FINITE = (
    *("batch_norm1d", "batch_norm2d", "batch_norm3d", "celu", "elu", "group_norm", "hardshrink"),
    *("hardtanh", "instance_norm1d", "instance_norm2d", "instance_norm3d", "layer_norm"),
    *("leaky_relu", "local_response_norm", "rms_norm", "rrelu", "softplus", "stochastic_depth"),
    "threshold",
)
_DIVIDES = (
    *("batch_norm1d", "batch_norm2d", "batch_norm3d", "celu", "group_norm", "instance_norm1d"),
    *("instance_norm2d", "instance_norm3d", "layer_norm", "rms_norm", "softplus"),
)
_IN_BATCHES = ("instance_norm1d", "instance_norm2d", "instance_norm3d")

STRICTER: Known = {
    **{(name, "finite_number"): Stricter(Rule.FINITE) for name in _FINITE},
    **{(name, "greater_than"): Stricter(Rule.FINITE) for name in _DIVIDES},
    **{(name, "rank-mismatch"): Stricter(Rule.BATCH, _few_dimensions) for name in _IN_BATCHES},
    **{(name, "wrong-dtype"): Stricter(Rule.TRAINING) for name in _DROPPING},
    ("feature_alpha_dropout", "wrong-dtype"): Stricter(Rule.TRAINING),
    ("feature_alpha_dropout", "rank-mismatch"): Stricter(Rule.TRAINING),
    ("stochastic_depth", "wrong-dtype"): Stricter(Rule.TRAINING),
    ("stochastic_depth", "greater_than_equal"): Stricter(Rule.TRAINING),
    ("stochastic_depth", "less_than_equal"): Stricter(Rule.TRAINING),
    ("dropout1d", "rank-mismatch"): Stricter(Rule.BATCH),
    # In training PyTorch warns of the number of dimensions, or drops samples in place of channels.
    ("dropout2d", "rank-mismatch"): Stricter(Rule.TRAINING),
    ("dropout3d", "rank-mismatch"): Stricter(Rule.TRAINING),
    # It takes the mean of the squares of several channels.
    ("local_response_norm", "wrong-dtype"): Stricter(Rule.ROUNDED),
    ("softmax2d", "rank-mismatch"): Stricter(Rule.BATCH),
}
