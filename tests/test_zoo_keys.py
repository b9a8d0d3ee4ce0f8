"""The shipped networks beside torchvision's: keys, shapes, order, and the published figures."""

from collections.abc import Callable, Mapping
from typing import Any
from unittest.mock import patch

import pytest
import torch
from vision import import_torchvision

import archspec
from archspec.graph import instances, key_of

SHUFFLENETS = tuple(f"shufflenet_v2_x{width}" for width in ("0_5", "1_0", "1_5", "2_0"))
DENSENETS = tuple(f"densenet{depth}" for depth in (121, 161, 169, 201))
SQUEEZENETS = ("squeezenet1_0", "squeezenet1_1")
REGNETS = (
    *(f"regnet_y_{size}" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")),
    "regnet_y_128gf",
    *(f"regnet_x_{size}" for size in ("400mf", "800mf", "1_6gf", "3_2gf", "8gf", "16gf", "32gf")),
)
CONVNEXTS = tuple(f"convnext_{size}" for size in ("tiny", "small", "base", "large"))
VITS = ("vit_b_16", "vit_b_32", "vit_l_16", "vit_l_32", "vit_h_14")
ALL = (
    *("mobilenet_v2", *SHUFFLENETS, *DENSENETS, *SQUEEZENETS, "inception_v3"),
    *(*REGNETS, *CONVNEXTS, *VITS),
)

QUIET: Mapping[str, Mapping[str, Any]] = {"inception_v3": {"init_weights": False}}
"""What a builder has to be told lest it warns."""

DEFAULTS = {
    "shufflenet_v2": "shufflenet_v2_x1_0",
    "densenet": "densenet121",
    "squeezenet": "squeezenet1_0",
    "regnet": "regnet_y_400mf",
    "convnext": "convnext_tiny",
    "vit": "vit_b_16",
}
"""The network that a spec is without a variant."""

CHANGES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("mobilenet_v2", {"width_mult": 1.4, "num_classes": 10}),
    ("mobilenet_v2", {"width_mult": 0.35}),
    ("shufflenet_v2_x0_5", {"num_classes": 10}),
    ("densenet121", {"drop_rate": 0.2, "num_classes": 10}),
    ("squeezenet1_1", {"num_classes": 10}),
    ("inception_v3", {"aux_logits": False, "num_classes": 10}),
    ("regnet_y_800mf", {"stem_width": 16}),
    ("convnext_tiny", {"stochastic_depth_prob": 0.0, "num_classes": 10}),
    ("vit_b_32", {"image_size": 384, "dropout": 0.1, "num_classes": 10}),
)
"""Parameters that have torchvision's names."""


def theirs(name: str, **arguments: Any) -> torch.nn.Module:
    """Build torchvision's model without memory for its weights."""
    models = import_torchvision().models
    params = models.regnet.BlockParams
    computed = in_memory(params.from_init_params)
    with torch.device("meta"), patch.object(params, "from_init_params", computed):
        model: torch.nn.Module = models.get_model(name, **QUIET.get(name, {}), **arguments)
    return model


def in_memory(function: Callable[..., Any]) -> Callable[..., Any]:
    """Let a function compute with tensors that have values: RegNet reads its widths out of them."""

    def computed(*arguments: Any, **keywords: Any) -> Any:
        with torch.device("cpu"):
            return function(*arguments, **keywords)

    return computed


def shapes(model: torch.nn.Module) -> list[tuple[str, tuple[int, ...]]]:
    """List torchvision's keys, in order, with their shapes."""
    return [(key, tuple(value.shape)) for key, value in model.state_dict().items()]


def promised(name: str, **parameters: Any) -> list[tuple[str, tuple[int, ...]]]:
    """List the keys and shapes that our graph promises of what it will be in PyTorch."""
    return [
        (key_of(path, weight), shape)
        for path, leaf in instances(archspec.load(name, **parameters).network.model)
        for weight, shape in (*leaf.weights.items(), *leaf.buffers.items())
    ]


@pytest.mark.parametrize("name", ALL)
def test_keys_shapes_and_order_are_torchvisions(name: str) -> None:
    assert promised(name) == shapes(theirs(name))


@pytest.mark.parametrize(("name", "parameters"), CHANGES)
def test_they_are_under_other_parameters(name: str, parameters: Mapping[str, Any]) -> None:
    assert promised(name, **parameters) == shapes(theirs(name, **parameters))


@pytest.mark.parametrize("name", ALL)
def test_figures_are_those_that_torchvision_publishes(name: str) -> None:
    for published in import_torchvision().models.get_model_weights(name):
        pixels = published.transforms.keywords["crop_size"]
        totals = archspec.load(name, **at(name, pixels)).count().totals
        assert totals.parameters == published.meta["num_params"]
        assert round(totals.macs.value / 1e9, 3) == published.meta["_ops"]


def at(name: str, pixels: int) -> Mapping[str, Any]:
    """Say how large the image is: a vision transformer has weights for it."""
    if name.startswith("vit"):
        return {"image_size": pixels}
    return {"input": (3, pixels, pixels)}


@pytest.mark.parametrize(("spec", "variant"), DEFAULTS.items())
def test_a_spec_without_a_variant_is_its_first_network(spec: str, variant: str) -> None:
    assert promised(spec) == promised(variant)
