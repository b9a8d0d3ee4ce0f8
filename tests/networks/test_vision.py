"""The reference itself: torchvision imports beside any build of torch, and is the right one."""

import pytest
import torch
from support.vision import import_torchvision


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
