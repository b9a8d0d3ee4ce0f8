"""The comparison with torchvision finds one attribute of one layer changed, in eleven specs.

None of the changes has an influence on keys or shapes.
"""

from typing import NamedTuple

import pytest
import torch
from support.sampling import sampled
from support.zoo.comparing import differences, unlike
from support.zoo.theirs import theirs

from archspec.emit import to_module
from archspec.pipeline import Settings, compile
from archspec.source import read
from archspec.source.library import find


class Change(NamedTuple):
    """A network, what its spec says once or first and what instead, and where that shows."""

    name: str
    old: str
    new: str
    shows: str


CHANGES = (
    Change("alexnet", ", p: dropout", ", p: 0.4", "comes out in training"),
    Change("densenet121", "avg_pool2d, kernel", "max_pool2d, kernel", "comes out"),
    Change("efficientnet_b0", "mode: row", "mode: batch", "comes out in training"),
    Change("mnasnet0_5", "momentum: 1 - 0.9997", "momentum: 0.001", "leaves behind"),
    Change("mobilenet_v2", "- relu6", "- relu", "comes out"),
    Change("mobilenet_v3_small", "eps: 0.001", "eps: 0.002", "comes out in evaluation"),
    Change("regnet_y_400mf", "std: 0.01", "std: 0.02", "first weights"),
    Change("resnet18", "mode: fan_out", "mode: fan_in", "first weights"),
    Change("shufflenet_v2_x0_5", "groups: 2", "groups: 4", "comes out"),
    Change("squeezenet1_1", "ceil_mode: true", "ceil_mode: false", "comes out"),
    Change("swin_t", "dims: [0, 1, 3, 4, 2, 5]", "dims: [0, 1, 3, 2, 4, 5]", "comes out"),
)


@pytest.mark.parametrize("change", sampled(CHANGES, CHANGES[4:9]), ids=lambda change: change.name)
def test_a_planted_difference_is_found(change: Change) -> None:
    torch.manual_seed(0)
    first, second = theirs(change.name), built(change)
    found = [f"first weights of {key}" for key in unlike(first, second)]
    found += differences(first, second, torch.randn(2, 3, 72, 72))
    assert any(change.shows in text for text in found)


def built(change: Change) -> torch.nn.Module:
    """Build the network of the changed spec."""
    found = find(change.name)
    text = found.path.read_text(encoding="utf-8")
    assert change.old in text
    source = read(text.replace(change.old, change.new, 1), found.name, folder=found.path.parent)
    network = compile(source, Settings(variant=found.variant)).network
    assert network is not None
    return to_module(network)
