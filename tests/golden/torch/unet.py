"""UNet in PyTorch, written by archspec 0.1.0."""

import torch
from torch import nn


class DoubleConv(nn.Sequential):
    """The block `double_conv` of UNet."""

    def __init__(self, in_channels: int, out_channels: int) -> None:
        super().__init__(
            nn.Conv2d(in_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
            nn.Conv2d(out_channels, out_channels, 3, padding=1, bias=False),
            nn.BatchNorm2d(out_channels),
            nn.ReLU(),
        )


class Down(nn.Module):
    """The block `down` of UNet."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.pool = nn.MaxPool2d(2)
        self.conv = DoubleConv(in_channels, 2 * in_channels)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.pool(x)
        x = self.conv(x)
        return x


class Up(nn.Module):
    """The block `up` of UNet."""

    def __init__(self, x_channels: int, skip_channels: int) -> None:
        super().__init__()
        self.up = nn.ConvTranspose2d(x_channels, skip_channels, 2, stride=2)
        self.conv = DoubleConv(2 * skip_channels, skip_channels)

    def forward(self, x: torch.Tensor, skip: torch.Tensor) -> torch.Tensor:
        y: torch.Tensor = torch.cat((skip, self.up(x)), dim=1)
        y = self.conv(y)
        return y


class UNet(nn.Module):
    """UNet: takes N×3×H×W, gives N×1×H×W.

    The U-Net for segmentation, with padded convolutions and batch norm, on images of any
    fitting size.

    https://arxiv.org/abs/1505.04597

    Built for depth = 4, width = 64.
    """

    def __init__(self, num_classes: int = 1) -> None:
        super().__init__()
        self.down0 = DoubleConv(3, 64)
        self.down1 = Down(64)
        self.down2 = Down(128)
        self.down3 = Down(256)
        self.down4 = Down(512)
        self.up1 = Up(1024, 512)
        self.up2 = Up(512, 256)
        self.up3 = Up(256, 128)
        self.up4 = Up(128, 64)
        self.head = nn.Conv2d(64, num_classes, 1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        down0 = self.down0(x)
        down1 = self.down1(down0)
        down2 = self.down2(down1)
        down3 = self.down3(down2)
        down4 = self.down4(down3)
        up1 = self.up1(down4, down3)
        up2 = self.up2(up1, down2)
        up3 = self.up3(up2, down1)
        x = self.up4(up3, down0)
        x = self.head(x)
        return x
