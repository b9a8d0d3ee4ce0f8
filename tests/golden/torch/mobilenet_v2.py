"""MobileNetV2 in PyTorch, written by archspec 0.1.0."""

import torch
from torch import nn


def make_divisible(value: float, divisor: int = 8, min_value: int | None = None) -> int:
    """Round to the nearest multiple of the divisor that is not below 90 % of the value."""
    least = divisor if min_value is None else min_value
    rounded = max(least, int(value + divisor / 2) // divisor * divisor)
    return rounded if rounded >= 0.9 * value else rounded + divisor


class Conv(nn.Sequential):
    """The block `conv` of MobileNetV2."""

    def __init__(
        self,
        in_channels: int,
        out_channels: int,
        kernel_size: int = 3,
        stride: int = 1,
        groups: int = 1,
    ) -> None:
        super().__init__(
            nn.Conv2d(
                in_channels,
                out_channels,
                kernel_size,
                stride=stride,
                padding=kernel_size // 2,
                groups=groups,
                bias=False,
            ),
            nn.BatchNorm2d(out_channels),
            nn.ReLU6(),
        )


class InvertedResidual(nn.Module):
    """The block `inverted_residual` of MobileNetV2."""

    def __init__(self, in_channels: int, channels: int, expand: int = 6, stride: int = 1) -> None:
        hidden = expand * in_channels
        out_channels = make_divisible(channels)
        super().__init__()
        self.conv = nn.Sequential(
            *([Conv(in_channels, hidden, kernel_size=1)] if expand != 1 else []),
            Conv(hidden, hidden, stride=stride, groups=hidden),
            nn.Conv2d(hidden, out_channels, 1, bias=False),
            nn.BatchNorm2d(out_channels),
        )
        self.has_add = stride == 1 and in_channels == out_channels

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        conv = self.conv(input)
        x: torch.Tensor = conv + input if self.has_add else conv
        return x


class MobileNetV2(nn.Module):
    """MobileNetV2: takes N×3×224×224, gives N×1000.

    Inverted residuals, which widen with 1x1 convolutions around a depthwise one, and linear
    bottlenecks.

    https://arxiv.org/abs/1801.04381

    Built for width_mult = 1.0.
    """

    def __init__(self, num_classes: int = 1000, dropout: float = 0.2) -> None:
        super().__init__()
        self.features = nn.Sequential(
            Conv(3, 32, stride=2),
            InvertedResidual(32, 16, expand=1),
            InvertedResidual(16, 24, stride=2),
            InvertedResidual(24, 24),
            InvertedResidual(24, 32, stride=2),
            *(InvertedResidual(32, 32) for _ in range(2)),
            InvertedResidual(32, 64, stride=2),
            *(InvertedResidual(64, 64) for _ in range(3)),
            InvertedResidual(64, 96),
            *(InvertedResidual(96, 96) for _ in range(2)),
            InvertedResidual(96, 160, stride=2),
            *(InvertedResidual(160, 160) for _ in range(2)),
            InvertedResidual(160, 320),
            Conv(320, 1280, kernel_size=1),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(1)
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(
            nn.Dropout(p=dropout),
            nn.Linear(1280, num_classes),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out")
            elif isinstance(module, nn.BatchNorm2d):
                nn.init.ones_(module.weight)
                nn.init.zeros_(module.bias)
            elif isinstance(module, nn.Linear):
                nn.init.normal_(module.weight, mean=0, std=0.01)
                nn.init.zeros_(module.bias)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.flatten(self.avgpool(self.features(x)))
        x = self.classifier(x)
        return x
