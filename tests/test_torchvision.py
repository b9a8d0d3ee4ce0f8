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


def theirs(name: str) -> torch.nn.Module:
    return getattr(import_torchvision().models, name)(weights=None)


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
