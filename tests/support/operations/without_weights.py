"""Functions of weights, said as modules that make their weights themselves."""

from collections.abc import Callable, Mapping
from typing import Any

import torch


class Unsaid(Exception):
    """Our language has no form for a sample: the text says why."""


def _taken(arguments: dict[str, Any]) -> tuple[Any, Any]:
    """Take weight and bias out, which a module makes itself."""
    weight, bias = arguments.pop("weight", None), arguments.pop("bias", None)
    if any(tensor is not None and tensor.dtype != torch.float32 for tensor in (weight, bias)):
        raise Unsaid("weights are of float32")
    return weight, bias


def _conv(arguments: dict[str, Any]) -> dict[str, Any]:
    weight, bias = _taken(arguments)
    if (
        arguments["input"].ndim == weight.ndim
        and weight.shape[1] * arguments.get("groups", 1) != arguments["input"].shape[1]
    ):
        raise Unsaid("a weight of other channels than the input has")
    kernel = {"out_channels": weight.shape[0], "kernel_size": list(weight.shape[2:])}
    return {**arguments, **kernel, "bias": bias is not None}


def _conv_transpose(arguments: dict[str, Any]) -> dict[str, Any]:
    weight, bias = _taken(arguments)
    channels = weight.shape[1] * arguments.get("groups", 1)
    kernel = {"out_channels": channels, "kernel_size": list(weight.shape[2:])}
    return {**arguments, **kernel, "bias": bias is not None}


def _linear(arguments: dict[str, Any]) -> dict[str, Any]:
    weight, bias = _taken(arguments)
    if weight.ndim != 2:
        raise Unsaid("a weight of one output without a dimension")
    return {**arguments, "out_features": weight.shape[0], "bias": bias is not None}


def _embedding(arguments: dict[str, Any]) -> dict[str, Any]:
    weight = arguments.pop("weight")
    if weight.ndim != 2:
        raise Unsaid("a table that is none")
    sizes = {"num_embeddings": weight.shape[0], "embedding_dim": weight.shape[1]}
    return {**arguments, **sizes}


def _embedding_bag(arguments: dict[str, Any]) -> dict[str, Any]:
    read = {key: arguments.pop(key, None) for key in ("idx", "offsets", "per_sample_weights")}
    return {**{key: v for key, v in read.items() if v is not None}, **_embedding(arguments)}


def _where(arguments: dict[str, Any]) -> dict[str, Any]:
    return {"condition": arguments.pop("condition"), **arguments}


def _batch_norm(arguments: dict[str, Any]) -> dict[str, Any]:
    mean, training = arguments.pop("running_mean", None), arguments.pop("training", False)
    arguments.pop("running_var", None)
    if training == (mean is not None):
        raise Unsaid("the statistics of a batch in evaluation, or none")
    return {**_affine(arguments), "track_running_stats": mean is not None}


def _instance_norm(arguments: dict[str, Any]) -> dict[str, Any]:
    mean = arguments.pop("running_mean", None)
    arguments.pop("running_var", None)
    if arguments.pop("use_input_stats", True) == (mean is not None):
        raise Unsaid("the statistics of a batch in evaluation, or none")
    return {**_affine(arguments), "track_running_stats": mean is not None}


def _affine(arguments: dict[str, Any]) -> dict[str, Any]:
    weight, bias = _taken(arguments)
    if (weight is None) != (bias is None):
        raise Unsaid("a weight without a bias, or a bias without a weight")
    return {**arguments, "affine": weight is not None}


def _layer_norm(arguments: dict[str, Any]) -> dict[str, Any]:
    weight, bias = _taken(arguments)
    if len(arguments.pop("normalized_shape")) != 1:
        raise Unsaid("several dimensions are normalised")
    if weight is None and bias is not None:
        raise Unsaid("a weight without a bias, or a bias without a weight")
    affine = {"elementwise_affine": weight is not None, "bias": bias is not None or weight is None}
    return {**arguments, **affine}


def _rms_norm(arguments: dict[str, Any]) -> dict[str, Any]:
    said = _layer_norm({**arguments, "bias": arguments.get("weight")})
    return {key: value for key, value in said.items() if key != "bias"}


def _prelu(arguments: dict[str, Any]) -> dict[str, Any]:
    weight = arguments.pop("weight")
    if weight.ndim > 1:
        raise Unsaid("a weight of several dimensions")
    return {**arguments, "num_parameters": weight.numel()}


WITHOUT_WEIGHTS: Mapping[str, Callable[[dict[str, Any]], dict[str, Any]]] = {
    "batch_norm": _batch_norm,
    "bilinear": _linear,
    "conv": _conv,
    "conv_transpose": _conv_transpose,
    "embedding": _embedding,
    "embedding_bag": _embedding_bag,
    "group_norm": _affine,
    "instance_norm": _instance_norm,
    "layer_norm": _layer_norm,
    "linear": _linear,
    "prelu": _prelu,
    "rms_norm": _rms_norm,
    "where": _where,
}
"""By the name of an operation, without its dimensions: what is said in another way or order."""
