"""DenseNet in PyTorch, written by archspec 0.1.0."""

from collections import OrderedDict

import torch
from torch import nn


class DenseLayer(nn.Module):
    """The block `dense_layer` of DenseNet."""

    def __init__(self, in_channels: int, growth_rate: int = 32, bottleneck: int = 4) -> None:
        super().__init__()
        self.norm1 = nn.BatchNorm2d(in_channels)
        self.relu1 = nn.ReLU()
        self.conv1 = nn.Conv2d(in_channels, bottleneck * growth_rate, 1, bias=False)
        self.norm2 = nn.BatchNorm2d(bottleneck * growth_rate)
        self.relu2 = nn.ReLU()
        self.conv2 = nn.Conv2d(bottleneck * growth_rate, growth_rate, 3, padding=1, bias=False)

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.relu1(self.norm1(input))
        x = self.relu2(self.norm2(self.conv1(x)))
        x = torch.cat((input, self.conv2(x)), dim=1)
        return x


class DenseBlock(nn.Sequential):
    """The block `dense_block` of DenseNet."""

    def __init__(
        self, in_channels: int, depth: int, growth_rate: int = 32, bottleneck: int = 4
    ) -> None:
        super().__init__(
            OrderedDict(
                [
                    *(
                        (
                            f"denselayer{index + 1}",
                            DenseLayer(
                                in_channels + index * growth_rate,
                                growth_rate=growth_rate,
                                bottleneck=bottleneck,
                            ),
                        )
                        for index in range(depth)
                    ),
                ]
            )
        )


class Transition(nn.Module):
    """The block `transition` of DenseNet."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.norm = nn.BatchNorm2d(in_channels)
        self.relu = nn.ReLU()
        self.conv = nn.Conv2d(in_channels, in_channels // 2, 1, bias=False)
        self.pool = nn.AvgPool2d(2)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.relu(self.norm(x))
        x = self.pool(self.conv(x))
        return x


class DenseNet(nn.Module):
    """DenseNet: takes N×3×224×224, gives N×1000.

    Densely connected networks, in which each layer reads all layers before it in its block.

    https://arxiv.org/abs/1608.06993

    Built for drop_rate = 0.0.
    """

    def __init__(
        self,
        depths: tuple[int, ...] = (6, 12, 24, 16),
        growth_rate: int = 32,
        stem_channels: int = 64,
        bottleneck: int = 4,
        num_classes: int = 1000,
    ) -> None:
        denseblock1_channels = stem_channels + depths[0] * growth_rate
        transition1_channels = denseblock1_channels // 2
        denseblock2_channels = transition1_channels + depths[1] * growth_rate
        transition2_channels = denseblock2_channels // 2
        denseblock3_channels = transition2_channels + depths[2] * growth_rate
        transition3_channels = denseblock3_channels // 2
        denseblock4_channels = transition3_channels + depths[3] * growth_rate
        super().__init__()
        self.features = nn.Sequential(
            OrderedDict(
                [
                    ("conv0", nn.Conv2d(3, stem_channels, 7, stride=2, padding=3, bias=False)),
                    ("norm0", nn.BatchNorm2d(stem_channels)),
                    ("relu0", nn.ReLU()),
                    ("pool0", nn.MaxPool2d(3, stride=2, padding=1)),
                    (
                        "denseblock1",
                        DenseBlock(
                            stem_channels, depths[0], growth_rate=growth_rate, bottleneck=bottleneck
                        ),
                    ),
                    ("transition1", Transition(denseblock1_channels)),
                    (
                        "denseblock2",
                        DenseBlock(
                            transition1_channels,
                            depths[1],
                            growth_rate=growth_rate,
                            bottleneck=bottleneck,
                        ),
                    ),
                    ("transition2", Transition(denseblock2_channels)),
                    (
                        "denseblock3",
                        DenseBlock(
                            transition2_channels,
                            depths[2],
                            growth_rate=growth_rate,
                            bottleneck=bottleneck,
                        ),
                    ),
                    ("transition3", Transition(denseblock3_channels)),
                    (
                        "denseblock4",
                        DenseBlock(
                            transition3_channels,
                            depths[3],
                            growth_rate=growth_rate,
                            bottleneck=bottleneck,
                        ),
                    ),
                    ("norm5", nn.BatchNorm2d(denseblock4_channels)),
                ]
            )
        )
        self.relu = nn.ReLU()
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Linear(denseblock4_channels, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight)
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.zeros_(module.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.flatten(self.avgpool(self.relu(self.features(x))))
        x = self.classifier(x)
        return x
