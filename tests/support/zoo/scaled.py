"""Networks at values that no table has: what our parameters make, and torchvision's classes."""

from collections.abc import Callable, Iterator, Mapping
from random import Random
from typing import Any, NamedTuple

import torch
from torch import nn

from support.state_keys import Shapes
from support.vision import import_torchvision
from support.zoo.keys import promised
from support.zoo.theirs import shapes

NUMBER = 20
"""How many values of each family are compared."""

Values = Mapping[str, Any]


class Scaled(NamedTuple):
    """A family: its spec, what draws our parameters, and what builds the reference from them."""

    spec: str
    draw: Callable[[Random], Values]
    build: Callable[..., nn.Module]

    def values(self) -> Iterator[Values]:
        """Draw the values, the same ones each time."""
        random = Random(f"{self.spec} scaled")
        return (self.draw(random) for _ in range(NUMBER))

    def ours(self, values: Values) -> Shapes:
        """List the keys that our parameters make, with shapes."""
        return promised(self.spec, **values)

    def theirs(self, values: Values) -> Shapes:
        """List the keys of the reference."""
        with torch.device("meta"):
            return shapes(self.build(**values))


def _multiple(random: Random, least: float = 0.1, most: float = 2.2) -> float:
    """Draw a multiple, of two digits or of many."""
    drawn = random.uniform(least, most)
    return round(drawn, 2) if random.random() < 0.6 else drawn


# --- mobile networks --------------------------------------------------------------------------


def efficientnet(width_mult: float, depth_mult: float) -> nn.Module:
    """Build an EfficientNet of the first version."""
    module = import_torchvision().models.efficientnet
    stages, last = module._efficientnet_conf(
        "efficientnet_b0", width_mult=width_mult, depth_mult=depth_mult
    )
    built: nn.Module = module.EfficientNet(stages, 0.2, last_channel=last)
    return built


def mobilenet_v3(name: str) -> Callable[[float], nn.Module]:
    """Give what builds a MobileNetV3 of a width."""

    def build(width_mult: float) -> nn.Module:
        module = import_torchvision().models.mobilenetv3
        rows, last = module._mobilenet_v3_conf(name, width_mult=width_mult)
        built: nn.Module = module.MobileNetV3(rows, last)
        return built

    return build


def _width_and_depth(random: Random) -> Values:
    return {"width_mult": _multiple(random), "depth_mult": _multiple(random, 0.1, 2.0)}


def _width(random: Random) -> Values:
    return {"width_mult": _multiple(random)}


def _alpha(random: Random) -> Values:
    return {"alpha": _multiple(random)}


# --- networks whose stages are lists ------------------------------------------------------------


def regnet(
    depths: list[int], widths: list[int], group_width: int, se_ratio: float, stem_width: int
) -> nn.Module:
    """Build a RegNet of stages as its own formula gives them."""
    module = import_torchvision().models.regnet
    groups = [min(group_width, width) for width in widths]
    stages = module.BlockParams(
        depths, widths, groups, [1.0] * len(widths), [2] * len(widths), se_ratio or None
    )
    norm = nn.BatchNorm2d
    built: nn.Module = module.RegNet(stages, stem_width=stem_width, norm_layer=norm)
    return built


def _of_the_formula(random: Random) -> Values:
    """Draw a slope, a start and a step, from which torchvision computes depths and widths."""
    params = import_torchvision().models.regnet.BlockParams
    group = random.choice((1, 8, 16, 24, 40, 56, 112))
    start = 8 * random.randint(1, 40)
    stages = params.from_init_params(
        random.randint(2, 14), start, random.uniform(0, 60), random.uniform(1.2, 3), group
    )
    return {
        "depths": stages.depths,
        "widths": stages.widths,
        "group_width": group,
        "se_ratio": random.choice((0, 0.25, 0.25, round(random.uniform(0.05, 0.6), 2))),
        "stem_width": random.choice((8, 16, 32, 40)),
    }


def resnet(depths: list[int], groups: int, base_width: int) -> nn.Module:
    """Build a ResNet of bottlenecks."""
    module = import_torchvision().models.resnet
    built: nn.Module = module.ResNet(
        module.Bottleneck, depths, groups=groups, width_per_group=base_width
    )
    return built


def _groups_and_width(random: Random) -> Values:
    depths = [random.randint(1, 3) for _ in range(4)]
    groups = random.choice((1, 2, 3, 8, 32))
    return {"depths": depths, "groups": groups, "base_width": random.randint(1, 130)}


def densenet(growth_rate: int, depths: list[int], stem_channels: int, bottleneck: int) -> nn.Module:
    """Build a DenseNet."""
    module = import_torchvision().models.densenet
    built: nn.Module = module.DenseNet(growth_rate, tuple(depths), stem_channels, bottleneck)
    return built


def _growth(random: Random) -> Values:
    return {
        "growth_rate": random.randint(1, 50),
        "depths": [random.randint(1, 5) for _ in range(4)],
        "stem_channels": random.randint(2, 100),
        "bottleneck": random.randint(1, 5),
    }


FAMILIES = (
    Scaled("efficientnet_b0", _width_and_depth, efficientnet),
    Scaled("mnasnet1_0", _alpha, lambda alpha: import_torchvision().models.MNASNet(alpha)),
    Scaled(
        "mobilenet_v2", _width, lambda **given: import_torchvision().models.MobileNetV2(**given)
    ),
    Scaled("mobilenet_v3_large", _width, mobilenet_v3("mobilenet_v3_large")),
    Scaled("mobilenet_v3_small", _width, mobilenet_v3("mobilenet_v3_small")),
    Scaled("regnet_y_400mf", _of_the_formula, regnet),
    Scaled("resnet", _groups_and_width, resnet),
    Scaled("densenet121", _growth, densenet),
)
