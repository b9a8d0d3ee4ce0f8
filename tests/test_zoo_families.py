"""GoogLeNet, MobileNet v3 and MNASNet are torchvision's, to the bit."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
import torch
from test_zoo_keys import promised, shapes, theirs
from torch import nn
from vision import import_torchvision
from zoo import alike, assert_same_function, unlike, values

import archspec
from archspec import SpecError

MOBILENETS = ("mobilenet_v3_large", "mobilenet_v3_small")
MNASNETS = ("mnasnet0_5", "mnasnet0_75", "mnasnet1_0", "mnasnet1_3")
ALL = ("googlenet", *MOBILENETS, *MNASNETS)

PUBLISHED = {"googlenet": "googlenet_without_aux"}
"""The variant whose parameters are published, where it is another one."""

DEFAULTS = {
    "mobilenet_v3": "mobilenet_v3_large",
    "mnasnet": "mnasnet1_0",
}
"""The network that a spec is without a variant."""

CHANGES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("googlenet", {"aux_logits": False, "num_classes": 10}),
    ("mobilenet_v3_large", {"width_mult": 0.75}),
    ("mobilenet_v3_small", {"width_mult": 0.35, "num_classes": 10}),
    ("mnasnet0_75", {"num_classes": 10}),
)
"""Parameters that have torchvision's names."""

SMALLEST = {
    "googlenet": 15,
    "mobilenet_v3_small": 1,
    "mnasnet0_5": 1,
}
"""The side of the smallest image."""


def quiet(name: str) -> dict[str, Any]:
    """Say what a builder has to be told lest it warns."""
    return {"init_weights": False} if name == "googlenet" else {}


@pytest.mark.parametrize("name", ALL)
def test_keys_shapes_and_order_are_torchvisions(name: str) -> None:
    assert promised(name) == shapes(theirs(name, **quiet(name)))


@pytest.mark.parametrize(("name", "parameters"), CHANGES)
def test_they_are_under_other_parameters(name: str, parameters: Mapping[str, Any]) -> None:
    assert promised(name, **parameters) == shapes(theirs(name, **quiet(name), **parameters))


@pytest.mark.parametrize(("spec", "variant"), DEFAULTS.items())
def test_a_spec_without_a_variant_is_its_first_network(spec: str, variant: str) -> None:
    assert promised(spec) == promised(variant)


@pytest.mark.parametrize("name", ALL)
def test_figures_are_those_that_torchvision_publishes(name: str) -> None:
    for published in import_torchvision().models.get_model_weights(name):
        pixels = published.transforms.keywords["crop_size"]
        network = archspec.load(PUBLISHED.get(name, name), input=(3, pixels, pixels))
        totals = network.count().totals
        assert totals.parameters == published.meta["num_params"]
        assert round(totals.macs.value / 1e9, 3) == published.meta["_ops"]


def blank(side: int) -> torch.Tensor:
    return torch.empty(1, 3, side, side, device="meta")


@pytest.mark.parametrize(("name", "side"), SMALLEST.items())
def test_the_smallest_image_is_torchvisions(name: str, side: int) -> None:
    with torch.device("meta"):
        ours = archspec.load(name, input=(3, side, side)).to_torch().eval()
    model = theirs(name, **quiet(name)).eval()
    (given,), (wanted,) = values(ours(blank(side))), values(model(blank(side)))
    assert given.shape == wanted.shape
    with pytest.raises(SpecError):
        archspec.load(name, input=(3, side - 1, side - 1))
    with pytest.raises(RuntimeError):
        model(blank(side - 1))


def scaled(name: str) -> Callable[[], nn.Module]:
    models = import_torchvision().models
    if name == "googlenet":
        return partial(models.googlenet, init_weights=True)
    return partial(models.get_model, name)


SMALL = ("googlenet", "mobilenet_v3_small", "mnasnet0_5")
"""A small network of each family."""


@pytest.mark.parametrize("name", SMALL)
def test_outputs_and_first_weights_are_torchvisions(name: str) -> None:
    torch.manual_seed(0)
    first, second = scaled(name)(), archspec.load(name).to_torch()
    assert not list(unlike(first, second))
    assert_same_function(first, second, torch.randn(2, 3, 56, 56))


def test_samples_of_two_distributions_are_told_apart() -> None:
    torch.manual_seed(0)
    normal = torch.randn(1000)
    assert alike(normal, torch.randn(1000))
    assert not alike(normal, 2 * torch.randn(1000))
    assert not alike(normal, normal + 1)
