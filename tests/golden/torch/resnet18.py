"""ResNet in PyTorch, written by archspec 0.1.0."""

import torch
from torch import nn


class Basic(nn.Module):
    """The block `basic` of ResNet."""

    def __init__(self, in_channels: int, planes: int, stride: int = 1, dilation: int = 1) -> None:
        super().__init__()
        self.conv1 = nn.Conv2d(
            in_channels, planes, 3, stride=stride, padding=dilation, dilation=dilation, bias=False
        )
        self.bn1 = nn.BatchNorm2d(planes)
        self.relu1 = nn.ReLU()
        self.conv2 = nn.Conv2d(planes, planes, 3, padding=dilation, dilation=dilation, bias=False)
        self.bn2 = nn.BatchNorm2d(planes)
        self.downsample: nn.Module = nn.Identity()
        if stride != 1 or in_channels != planes:
            self.downsample = nn.Sequential(
                nn.Conv2d(in_channels, planes, 1, stride=stride, bias=False),
                nn.BatchNorm2d(planes),
            )
        self.relu = nn.ReLU()

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.relu1(self.bn1(self.conv1(input)))
        bn2 = self.bn2(self.conv2(x))
        x = self.relu(bn2 + self.downsample(input))
        return x


class ResNet(nn.Module):
    """ResNet: takes N×3×224×224, gives N×1000.

    Residual networks of 18 to 152 layers, wide ones, and ResNeXt with grouped convolutions.

    https://arxiv.org/abs/1512.03385

    Built for unit = basic.
    """

    def __init__(
        self,
        depths: tuple[int, ...] = (2, 2, 2, 2),
        dilations: tuple[int, ...] = (1, 1),
        num_classes: int = 1000,
    ) -> None:
        if min(depths[1:4]) < 1:
            raise ValueError("each of depths[1:4] must be at least 1")
        super().__init__()
        self.conv1 = nn.Conv2d(3, 64, 7, stride=2, padding=3, bias=False)
        self.bn1 = nn.BatchNorm2d(64)
        self.relu = nn.ReLU()
        self.maxpool = nn.MaxPool2d(3, stride=2, padding=1)
        self.layer1 = nn.Sequential(*(Basic(64, 64) for _ in range(depths[0])))
        self.layer2 = nn.Sequential(
            Basic(64, 128, stride=2),
            *(Basic(128, 128) for _ in range(depths[1] - 1)),
        )
        self.layer3 = nn.Sequential(
            Basic(128, 256, stride=2 // dilations[0], dilation=1),
            *(Basic(256, 256, dilation=dilations[0]) for _ in range(depths[2] - 1)),
        )
        self.layer4 = nn.Sequential(
            Basic(256, 512, stride=2 * dilations[0] // dilations[1], dilation=dilations[0]),
            *(Basic(512, 512, dilation=dilations[1]) for _ in range(depths[3] - 1)),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.fc = nn.Linear(512, num_classes)
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.maxpool(self.relu(self.bn1(self.conv1(x))))
        x = self.layer1(x)
        x = self.layer2(x)
        x = self.layer3(x)
        x = self.flatten(self.avgpool(self.layer4(x)))
        x = self.fc(x)
        return x
