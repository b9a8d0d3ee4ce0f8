"""VGG in PyTorch, written by archspec 0.1.0."""

import torch
from torch import nn


class Conv(nn.Sequential):
    """The block `conv` of VGG."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(
            nn.Conv2d(in_channels, out_channels, 3, padding=1),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )


class VGG(nn.Module):
    """VGG: takes N×3×224×224, gives N×1000.

    The very deep plain networks of Simonyan and Zisserman, with or without batch norm.

    https://arxiv.org/abs/1409.1556

    Built for batch_norm = True.
    """

    def __init__(
        self,
        depths: tuple[int, ...] = (1, 1, 2, 2, 2),
        num_classes: int = 1000,
        dropout: float = 0.5,
    ) -> None:
        if min(depths[:4]) < 1:
            raise ValueError("each of depths[:4] must be at least 1")
        super().__init__()
        self.features = nn.Sequential(
            *Conv(3, 64),
            *(layer for _ in range(depths[0] - 1) for layer in Conv(64, 64)),
            nn.MaxPool2d(2),
            *Conv(64, 128),
            *(layer for _ in range(depths[1] - 1) for layer in Conv(128, 128)),
            nn.MaxPool2d(2),
            *Conv(128, 256),
            *(layer for _ in range(depths[2] - 1) for layer in Conv(256, 256)),
            nn.MaxPool2d(2),
            *Conv(256, 512),
            *(layer for _ in range(depths[3] - 1) for layer in Conv(512, 512)),
            nn.MaxPool2d(2),
            *(layer for _ in range(depths[4]) for layer in Conv(512, 512)),
            nn.MaxPool2d(2),
        )
        self.avgpool = nn.AdaptiveAvgPool2d(7)
        self.flatten = nn.Flatten()
        self.classifier = nn.Sequential(
            nn.Linear(25088, 4096),
            nn.ReLU(),
            nn.Dropout(p=dropout),
            nn.Linear(4096, 4096),
            nn.ReLU(),
            nn.Dropout(p=dropout),
            nn.Linear(4096, num_classes),
        )
        for module in self.modules():
            if isinstance(module, nn.Conv2d):
                nn.init.kaiming_normal_(module.weight, mode="fan_out", nonlinearity="relu")
                if module.bias is not None:
                    nn.init.zeros_(module.bias)
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
