"""The shipped networks against torchvision's: keys, shapes, order, and equal outputs to the bit."""

import gc

import pytest
import torch
from vision import import_torchvision

import archspec

RESNETS = (
    *("resnet18", "resnet34", "resnet50", "resnet101", "resnet152"),
    *("wide_resnet50_2", "wide_resnet101_2"),
    *("resnext50_32x4d", "resnext101_32x8d", "resnext101_64x4d"),
)
VGGS = tuple(f"vgg{depth}{norm}" for depth in (11, 13, 16, 19) for norm in ("", "_bn"))
ALL = (*RESNETS, *VGGS, "alexnet")


OTHERS = (
    *("mobilenet_v2", "shufflenet_v2_x1_0", "densenet121", "squeezenet1_0", "squeezenet1_1"),
    *("inception_v3", "regnet_y_400mf", "regnet_x_400mf", "convnext_tiny", "vit_b_16"),
)
SEGMENTATION = ("fcn_resnet50",)


def theirs(name: str) -> torch.nn.Module:
    models = import_torchvision().models
    if name in SEGMENTATION:
        return models.segmentation.fcn_resnet50(weights=None, weights_backbone=None)
    if name == "fpn":
        build = models.detection.backbone_utils.resnet_fpn_backbone
        return build(backbone_name="resnet50", weights=None, norm_layer=torch.nn.BatchNorm2d)
    extra = {"init_weights": False} if name == "inception_v3" else {}
    return getattr(models, name)(weights=None, **extra)


def outputs(
    module: torch.nn.Module, picture: torch.Tensor, seed: int, *, training: bool
) -> torch.Tensor:
    """Run a module; the seed decides what dropout leaves out."""
    module.train(training)
    torch.manual_seed(seed)
    with torch.no_grad():
        return module(picture)


@pytest.mark.parametrize("name", ALL)
def test_a_shipped_network_is_torchvisions(name: str) -> None:
    first, second = theirs(name), archspec.load(name).to_torch()
    weights = {key: value.clone() for key, value in first.state_dict().items()}
    shapes = [(key, value.shape) for key, value in weights.items()]
    assert shapes == [(key, value.shape) for key, value in second.state_dict().items()]
    for seed in (0, 1, 2):
        for batch in (1, 2):
            torch.manual_seed(seed)
            picture = torch.randn(batch, 3, 224, 224)
            for training in (False, True):
                # Training changes the running statistics: both begin from the same ones.
                first.load_state_dict(weights, strict=True)
                second.load_state_dict(weights, strict=True)
                wanted = outputs(first, picture, seed, training=training)
                assert torch.equal(wanted, outputs(second, picture, seed, training=training))
    gc.collect()


def values(output: object) -> list[torch.Tensor]:
    """Give the tensors of an output, whatever holds them."""
    if isinstance(output, torch.Tensor):
        return [output]
    assert isinstance(output, dict | tuple)
    return list(output.values()) if isinstance(output, dict) else list(output)


@pytest.mark.parametrize("name", [*OTHERS, "fcn_resnet50", "fpn"])
def test_a_network_of_other_shapes_is_torchvisions(name: str) -> None:
    first, second = theirs(name), archspec.load(name).to_torch()
    weights = {key: value.clone() for key, value in first.state_dict().items()}
    shapes = [(key, value.shape) for key, value in weights.items()]
    assert shapes == [(key, value.shape) for key, value in second.state_dict().items()]
    torch.manual_seed(0)
    size = 299 if name == "inception_v3" else 224
    picture = torch.randn(2, 3, size, size)
    for training in (False, True):
        first.load_state_dict(weights, strict=True)
        second.load_state_dict(weights, strict=True)
        wanted = values(outputs(first, picture, 1, training=training))
        given = values(outputs(second, picture, 1, training=training))
        assert len(wanted) == len(given)
        assert all(map(torch.equal, wanted, given))
        after = first.state_dict(), second.state_dict()
        assert all(torch.equal(after[0][key], after[1][key]) for key in weights)
    gc.collect()


@pytest.mark.parametrize("name", ["resnet50", "resnet18", "vgg11_bn", "alexnet"])
def test_initial_weights_are_drawn_by_torchvisions_rules(name: str) -> None:
    torch.manual_seed(0)
    first = theirs(name).state_dict()
    torch.manual_seed(1)
    second = archspec.load(name).to_torch().state_dict()
    for key, wanted in first.items():
        drawn = second[key].float()
        if wanted.float().std(unbiased=False) == 0:
            assert torch.equal(wanted.float(), drawn), key
        elif wanted.numel() >= 1000:
            assert abs(drawn.std() / wanted.std() - 1) < 0.2, key
            assert abs(drawn.mean() - wanted.mean()) < 0.2 * wanted.std(), key
