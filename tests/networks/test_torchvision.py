"""Shipped networks are torchvision's at the size that they are for: bits, and first weights.

Most of them are in the long suite; `make test-zoo` holds the same of all its classifiers. The
reference itself is looked at first: it imports beside any build of torch, and is the right one.
"""

import gc
from collections.abc import Callable

import pytest
import torch
from support.sampling import sampled
from support.vision import import_torchvision
from support.zoo.comparing import differences, unlike
from support.zoo.published import SIDES
from support.zoo.theirs import DRAWN, theirs
from torch import nn

import archspec


def test_it_is_the_version_that_the_figures_are_of() -> None:
    assert import_torchvision().__version__.split("+")[0] == "0.28.0"


def test_its_resnet50_has_the_published_parameters() -> None:
    with torch.device("meta"):
        model = import_torchvision().models.resnet50()
    assert sum(weight.numel() for weight in model.parameters()) == 25_557_032


@pytest.mark.parametrize("name", ["alexnet", "vgg16_bn", "resnet18", "resnext50_32x4d"])
def test_other_models_have_the_parameters_that_torchvision_publishes(name: str) -> None:
    models = import_torchvision().models
    with torch.device("meta"):
        model = models.get_model(name)
    published = models.get_model_weights(name).DEFAULT.meta["num_params"]
    assert sum(weight.numel() for weight in model.parameters()) == published


def test_it_can_be_imported_twice() -> None:
    assert import_torchvision() is import_torchvision()


SEEDS = (0, 1, 2)
CLASSIFIERS = ("alexnet", "inception_v3", "resnet18", "resnet50", "resnext50_32x4d", "vgg11_bn")


@pytest.mark.parametrize("name", sampled([*CLASSIFIERS, "vit_b_16"], ["alexnet", "resnet18"]))
def test_a_classifier_is_torchvisions(name: str) -> None:
    torch.manual_seed(0)
    first, second = theirs(name, **DRAWN.get(name, {})), archspec.load(name).to_torch()
    assert not list(unlike(first, second))
    picture = torch.randn(2, 3, SIDES[name], SIDES[name])
    assert not list(differences(first, second, picture, SEEDS))
    assert name == "inception_v3" or not list(differences(first.eval(), second, picture[:1], ()))
    gc.collect()


def fcn() -> nn.Module:
    models = import_torchvision().models.segmentation
    model: nn.Module = models.fcn_resnet50(weights=None, weights_backbone=None)
    return model


def deeplab() -> nn.Module:
    models = import_torchvision().models.segmentation
    model: nn.Module = models.deeplabv3_resnet50(weights=None, weights_backbone=None, aux_loss=True)
    return model


def pyramid() -> nn.Module:
    build = import_torchvision().models.detection.backbone_utils.resnet_fpn_backbone
    model: nn.Module = build(backbone_name="resnet50", weights=None, norm_layer=nn.BatchNorm2d)
    return model


MAPS: dict[str, Callable[[], nn.Module]] = {
    "fcn_resnet50": fcn,
    "deeplabv3_resnet50": deeplab,
    "fpn": pyramid,
}


@pytest.mark.parametrize("name", sampled(MAPS, ["fpn"]))
def test_a_network_of_maps_is_torchvisions(name: str) -> None:
    torch.manual_seed(0)
    first, second = MAPS[name](), archspec.load(name).to_torch()
    assert not list(unlike(first, second))
    assert not list(differences(first, second, torch.randn(2, 3, 224, 224)))
    gc.collect()
