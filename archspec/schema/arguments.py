"""What each argument of an operation says; one of the same name says the same in most of them."""

from collections.abc import Mapping

from archspec.operations import Operation

_ARGUMENTS: Mapping[str, str] = {
    "add_bias_kv": "Whether a learnt key and value are added to those that are read.",
    "add_zero_attn": "Whether a key and a value of zeros are added to those that are read.",
    "affine": "Whether it has a weight and a bias for each channel.",
    "align_corners": "Whether the centres of the outermost pixels stay where they are.",
    "alpha": "The factor below 0.",
    "antialias": "Whether it smoothes before it makes smaller.",
    "approximate": "Whether the normal distribution is approximated by `tanh`.",
    "bias": "Whether it has a bias, which is added.",
    "ceil_mode": "Whether a window may begin that does not fit whole: sizes are rounded up.",
    "chunks": "How many pieces.",
    "count_include_pad": "Whether the zeros of the padding are averaged, too.",
    "dilation": "The distance between neighbours in the window.",
    "dim": "The dimension, counted from 0 or back from -1.",
    "dim0": "The one dimension.",
    "dim1": "The other dimension.",
    "dims": "The dimensions in their new order.",
    "divisor_override": "What the sums are divided by, if not by the size of the window.",
    "dropout": "The probability that a weight of the attention is dropped in training.",
    "dropout_p": "The probability that a weight of the attention is dropped.",
    "elementwise_affine": "Whether it has a weight and a bias for each feature.",
    "embedding_dim": "The features of each row of the table.",
    "enable_gqa": "Whether several heads of the query may share a key and a value.",
    "end": "Where it ends; the end itself is not included.",
    "end_dim": "The last dimension that is flattened.",
    "eps": "What is added to the variance, so that nothing is divided by 0.",
    "groups": "Into how many groups the channels are split, each by itself.",
    "index": "Which one is taken, counted from 0 or back from -1.",
    "inplace": "Whether it writes over what it reads.",
    "is_causal": "Whether a place sees only those up to itself.",
    "keepdim": "Whether the dimensions stay, with a size of 1.",
    "kernel_size": "The size of the window: one number, or one for each dimension.",
    "length": "How much is taken.",
    "max_norm": "The largest norm of a row; longer ones are scaled down.",
    "mode": "How it is done.",
    "momentum": "The weight of a batch in the running statistics; null for plain averages.",
    "negative_slope": "The slope below 0.",
    "norm_type": "The norm that `max_norm` bounds.",
    "num_embeddings": "The rows of the table.",
    "num_groups": "Into how many groups the channels are split.",
    "num_heads": "How many heads attend, each to a part of the features.",
    "out_channels": "How many kernels there are, and so feature maps that come out.",
    "out_features": "How many features come out.",
    "output_padding": "What is added to one side of the output.",
    "output_size": "The sizes that come out; null keeps the input's.",
    "p": "The probability.",
    "pad": "How much goes before and after the last dimension, then the one before it, and so on.",
    "padding": "What is added on either side: one number, or one for each dimension.",
    "padding_idx": "The row that is not learnt.",
    "padding_mode": "What is added on either side.",
    "recompute_scale_factor": "Whether the factor is taken from the rounded size.",
    "return_indices": "Whether it tells, too, where each maximum stood.",
    "scale": "What the scores are multiplied by; null for 1 / √E.",
    "scale_factor": "How many times as large: one number, or one for each dimension.",
    "scale_grad_by_freq": "Whether gradients are divided by how often a row was read.",
    "shape": "The sizes that come out.",
    "size": "The sizes that come out.",
    "sparse": "Whether the gradient of the table is sparse.",
    "spectral_norm": "Whether its weight is divided by the largest singular value; or arguments.",
    "split_size_or_sections": "The size of every piece, or a list of sizes.",
    "start": "Where it begins, counted from 0.",
    "start_dim": "The first dimension that is flattened.",
    "step": "The distance from one to the next.",
    "stride": "How far the window moves: one number, or one for each dimension.",
    "track_running_stats": "Whether the statistics of training are kept for evaluation.",
    "unflattened_size": "The sizes that the dimension is split into; -1 for what is left.",
    "value": "What the border is filled with.",
    "weight_norm": "Whether its weight is a direction and lengths, learnt apart; or arguments.",
}
"""By the name of the argument."""

_SPECIAL: Mapping[tuple[str, str], str] = {
    ("expand", "size"): "The sizes that come out; -1 keeps one.",
    ("layer_norm", "dim"): "The dimension that is normalised: -1 is the last, 1 the channels.",
    ("reshape", "shape"): "The sizes that come out; one may be -1, for what is left.",
    ("squeeze", "dim"): "A dimension of size 1, or a list of them.",
    ("stack", "dim"): "Where the new dimension stands.",
    ("unsqueeze", "dim"): "Where the new dimension stands.",
}
"""Where an argument says something else than most of its name."""


def described(operation: type[Operation], argument: str) -> str:
    """Say what an argument is; of one that is not known here, where to read of it.

    >>> from archspec.operations import load
    >>> described(load("stack"), "dim")
    'Where the new dimension stands.'
    """
    known = (
        operation.arguments.get(argument)
        or _SPECIAL.get((operation.op(), argument))
        or _ARGUMENTS.get(argument)
    )
    return known or f"`{argument}` of `{operation.torch}`."
