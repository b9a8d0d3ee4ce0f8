"""Build torchvision's models."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import torch
from torch import nn

from support.state_keys import Shapes
from support.vision import import_torchvision

QUIET: Mapping[str, Mapping[str, Any]] = {
    "inception_v3": {"init_weights": False},
    "googlenet": {"init_weights": False},
}
"""What a builder has to be told lest it warns."""

DRAWN: Mapping[str, Mapping[str, Any]] = {
    "inception_v3": {"init_weights": True},
    "googlenet": {"init_weights": True},
}
"""The same for one whose first weights are compared."""


def at_side(name: str, side: int) -> Mapping[str, Any]:
    """Say how large the images are to a model that has weights for their places."""
    return {"image_size": side} if name.startswith("vit") else {}


def theirs(name: str, **arguments: Any) -> nn.Module:
    """Build a model as torchvision does."""
    model: nn.Module = import_torchvision().models.get_model(name, **arguments)
    return model


def blank(name: str, **arguments: Any) -> nn.Module:
    """Build a model without memory for its weights."""
    params = import_torchvision().models.regnet.BlockParams
    computed = in_memory(params.from_init_params)
    with torch.device("meta"), patch.object(params, "from_init_params", computed):
        return theirs(name, **QUIET.get(name, {}), **arguments)


def shapes(model: nn.Module) -> Shapes:
    """List the keys of a model, in their order and with shapes."""
    return [(key, tuple(value.shape)) for key, value in model.state_dict().items()]


def in_memory(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function compute with tensors that have values: RegNet reads its widths out of them."""

    def computed(*arguments: Any, **keywords: Any) -> Any:
        with torch.device("cpu"):
            return function(*arguments, **keywords)

    return computed
