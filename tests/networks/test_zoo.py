"""A network of each family is torchvision's: bits that come out, first weights, smallest image.

`make test-zoo` holds the same of all eighty; here the images are small, and some networks too.
"""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import pytest
import torch
from support.sampling import sampled
from support.vision import import_torchvision
from support.zoo.comparing import alike, differences, unlike
from support.zoo.keys import promised
from support.zoo.published import ours
from support.zoo.smallest import disagreeing, runs
from support.zoo.theirs import DRAWN, blank, shapes, theirs
from torch import nn

DEFAULTS = {
    "convnext": "convnext_tiny",
    "densenet": "densenet121",
    "efficientnet": "efficientnet_b0",
    "maxvit": "maxvit_t",
    "mnasnet": "mnasnet1_0",
    "mobilenet_v3": "mobilenet_v3_large",
    "regnet": "regnet_y_400mf",
    "resnet": "resnet50",
    "shufflenet_v2": "shufflenet_v2_x1_0",
    "squeezenet": "squeezenet1_0",
    "swin": "swin_t",
    "vgg": "vgg16",
    "vit": "vit_b_16",
}
"""The network that a spec is without a variant."""

CHANGES: tuple[tuple[str, Mapping[str, Any]], ...] = (
    ("convnext_tiny", {"stochastic_depth_prob": 0.0, "num_classes": 10}),
    ("densenet121", {"drop_rate": 0.2, "num_classes": 10}),
    ("efficientnet_b3", {"num_classes": 10}),
    ("efficientnet_v2_s", {"stochastic_depth_prob": 0.0, "num_classes": 10}),
    ("googlenet", {"aux_logits": False, "num_classes": 10}),
    ("inception_v3", {"aux_logits": False, "num_classes": 10}),
    ("maxvit_t", {"num_classes": 10}),
    ("mnasnet0_75", {"num_classes": 10}),
    ("mobilenet_v2", {"width_mult": 0.35}),
    ("mobilenet_v2", {"width_mult": 1.4, "num_classes": 10}),
    ("mobilenet_v3_large", {"width_mult": 0.75}),
    ("mobilenet_v3_small", {"width_mult": 0.35, "num_classes": 10}),
    ("regnet_y_800mf", {"stem_width": 16}),
    ("shufflenet_v2_x0_5", {"num_classes": 10}),
    ("squeezenet1_1", {"num_classes": 10}),
    ("swin_t", {"num_classes": 10, "attention_dropout": 0.1}),
    ("vit_b_32", {"image_size": 384, "dropout": 0.1, "num_classes": 10}),
)
"""Parameters that have torchvision's names."""

SCALED: Mapping[str, Mapping[str, Any]] = {
    "convnext_tiny": {},
    "densenet121": {},
    "efficientnet_b0": {},
    "efficientnet_v2_s": {
        "fused": 2,
        "expansions": [1, 4, 6],
        "kernels": [3, 3, 5],
        "strides": [1, 2, 2],
        "depths": [2, 2, 3, 0, 0, 0, 0],
        "widths": [16, 16, 24, 40, 64],
        "stochastic_depth_prob": 0.5,
    },
    "googlenet": {},
    "maxvit_t": {
        "image_size": 56,
        "stem_channels": 16,
        "widths": [16, 32],
        "depths": [1, 2],
        "head_dim": 8,
        "stochastic_depth_prob": 0.5,
    },
    "mnasnet0_5": {},
    "mobilenet_v2": {},
    "mobilenet_v3_small": {},
    "regnet_x_400mf": {},
    "regnet_y_400mf": {},
    "shufflenet_v2_x0_5": {},
    "squeezenet1_1": {},
    "swin_t": {},
    "swin_v2_t": {},
}
"""A small network of each family, by its spec's parameters; others are in test_torchvision.py."""

SAMPLE = ("efficientnet_b0", "maxvit_t", "mobilenet_v3_small", "regnet_y_400mf", "swin_v2_t")


@pytest.mark.parametrize(("name", "parameters"), CHANGES)
def test_keys_are_torchvisions_under_other_parameters(
    name: str, parameters: Mapping[str, Any]
) -> None:
    assert promised(name, **parameters) == shapes(blank(name, **parameters))


@pytest.mark.parametrize(("spec", "variant"), DEFAULTS.items())
def test_a_spec_without_a_variant_is_one_of_its_networks(spec: str, variant: str) -> None:
    assert promised(spec) == promised(variant)


def scaled_maxvit() -> nn.Module:
    """Build a MaxViT of two stages, for images of 56 pixels."""
    model: nn.Module = import_torchvision().models.MaxVit(
        input_size=(56, 56),
        stem_channels=16,
        partition_size=7,
        block_channels=[16, 32],
        block_layers=[1, 2],
        head_dim=8,
        stochastic_depth_prob=0.5,
    )
    return model


def scaled_efficientnet() -> nn.Module:
    """Build an EfficientNet v2 of two stages of fused blocks and another one."""
    module = import_torchvision().models.efficientnet
    stages = [
        module.FusedMBConvConfig(1, 3, 1, 16, 16, 2),
        module.FusedMBConvConfig(4, 3, 2, 16, 24, 2),
        module.MBConvConfig(6, 5, 2, 24, 40, 3),
    ]
    norm = partial(nn.BatchNorm2d, eps=0.001)
    model: nn.Module = module.EfficientNet(
        stages, 0.2, stochastic_depth_prob=0.5, norm_layer=norm, last_channel=64
    )
    return model


SMALL: Mapping[str, Callable[[], nn.Module]] = {
    "maxvit_t": scaled_maxvit,
    "efficientnet_v2_s": scaled_efficientnet,
}


@pytest.mark.parametrize("name", sampled(SCALED, SAMPLE))
def test_outputs_and_first_weights_are_torchvisions(name: str) -> None:
    torch.manual_seed(0)
    build = SMALL.get(name, partial(theirs, name, **DRAWN.get(name, {})))
    first, second = build(), ours(name, **SCALED[name]).to_torch()
    assert not list(unlike(first, second))
    assert not list(differences(first, second, torch.randn(2, 3, 56, 56)))


def test_samples_of_two_distributions_are_told_apart() -> None:
    torch.manual_seed(0)
    normal = torch.randn(1000)
    assert alike(normal, torch.randn(1000))
    assert not alike(normal, 2 * torch.randn(1000))
    assert not alike(normal, normal + 1)


@pytest.mark.parametrize(
    ("name", "published", "smallest"),
    [
        ("alexnet", 63, 63),
        ("googlenet", 15, 15),
        ("inception_v3", 75, 75),
        ("mobilenet_v3_small", 1, 1),
        ("squeezenet1_1", 17, 17),
        ("convnext_tiny", 32, 32),
        ("vit_b_32", 224, 224),
        # what torchvision says of these is too large
        ("efficientnet_v2_s", 33, 1),
        ("maxvit_t", 224, 221),
        ("swin_t", 224, 4),
        ("swin_v2_t", 256, 4),
    ],
)
def test_the_smallest_image_is_torchvisions(name: str, published: int, smallest: int) -> None:
    (weights, *_) = import_torchvision().models.get_model_weights(name)
    assert weights.meta["min_size"] == (published, published)
    model = blank(name)
    assert (runs(model, smallest), runs(model, smallest - 1)) == (True, False)
    assert disagreeing(name, model, published, [smallest, smallest - 1]) == []
