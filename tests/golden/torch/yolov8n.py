"""YOLOv8 in PyTorch, written by archspec 0.1.0."""

import math

import torch
from torch import nn


class Conv(nn.Module):
    """The block `conv` of YOLOv8."""

    def __init__(
        self, in_channels: int, out_channels: int, kernel_size: int = 3, stride: int = 1
    ) -> None:
        super().__init__()
        self.conv = nn.Conv2d(
            in_channels,
            out_channels,
            kernel_size,
            stride=stride,
            padding=kernel_size // 2,
            bias=False,
        )
        self.bn = nn.BatchNorm2d(out_channels, eps=0.001, momentum=0.03)
        self.act = nn.SiLU()

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        x = self.act(self.bn(self.conv(x)))
        return x


class Bottleneck(nn.Module):
    """The block `bottleneck` of YOLOv8."""

    def __init__(self, in_channels: int, shortcut: bool = True) -> None:
        super().__init__()
        self.cv1 = Conv(in_channels, in_channels)
        self.cv2 = Conv(in_channels, in_channels)
        self.has_add = shortcut

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.cv1(input)
        cv2 = self.cv2(x)
        x = cv2 + input if self.has_add else cv2
        return x


class C2f(nn.Module):
    """The block `c2f` of YOLOv8."""

    def __init__(
        self, in_channels: int, out_channels: int, depth: int = 1, shortcut: bool = True
    ) -> None:
        super().__init__()
        self.cv1 = Conv(in_channels, out_channels, kernel_size=1)
        self.cv2 = Conv(out_channels + depth * (out_channels // 2), out_channels, kernel_size=1)
        self.m = nn.ModuleList(
            Bottleneck(out_channels // 2, shortcut=shortcut) for _ in range(depth)
        )

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        split_0, split_1 = self.cv1(x).chunk(2, dim=1)
        m = split_1
        m_all: list[torch.Tensor] = []
        for layer in self.m:
            m = layer(m)
            m_all.append(m)
        x = torch.cat((split_0, split_1, *m_all), dim=1)
        x = self.cv2(x)
        return x


class Sppf(nn.Module):
    """The block `sppf` of YOLOv8."""

    def __init__(self, in_channels: int) -> None:
        super().__init__()
        self.cv1 = Conv(in_channels, in_channels // 2, kernel_size=1)
        self.m = nn.ModuleList(nn.MaxPool2d(5, stride=1, padding=2) for _ in range(3))
        self.cv2 = Conv(4 * (in_channels // 2), in_channels, kernel_size=1)

    def forward(self, x: torch.Tensor) -> torch.Tensor:
        cv1 = self.cv1(x)
        m = cv1
        m_all: list[torch.Tensor] = []
        for layer in self.m:
            m = layer(m)
            m_all.append(m)
        x = torch.cat((cv1, *m_all), dim=1)
        x = self.cv2(x)
        return x


class Branch(nn.Sequential):
    """The block `branch` of YOLOv8."""

    def __init__(self, in_channels: int, channels: int, out_channels: int, start: float) -> None:
        super().__init__(
            Conv(in_channels, channels),
            Conv(channels, channels),
            nn.Conv2d(channels, out_channels, 1),
        )
        self.start = start
        nn.init.constant_(self.get_parameter("2.bias"), self.start)


class Branches(nn.ModuleList):
    """The block `branches` of YOLOv8."""

    def __init__(
        self,
        small_channels: int,
        medium_channels: int,
        large_channels: int,
        channels: int,
        out_channels: int,
        start: tuple[float, ...] | tuple[int, ...],
    ) -> None:
        super().__init__(
            [
                Branch(small_channels, channels, out_channels, start[0]),
                Branch(medium_channels, channels, out_channels, start[1]),
                Branch(large_channels, channels, out_channels, start[2]),
            ]
        )

    def forward(
        self, small: torch.Tensor, medium: torch.Tensor, large: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        layer_0: torch.Tensor = self[0](small)
        layer_1: torch.Tensor = self[1](medium)
        layer_2: torch.Tensor = self[2](large)
        return layer_0, layer_1, layer_2


class Dfl(nn.Module):
    """The block `dfl` of YOLOv8."""

    def __init__(self, bins: int = 16) -> None:
        super().__init__()
        self.unflatten = nn.Unflatten(1, (4, bins))
        self.flatten = nn.Flatten(start_dim=3)
        self.softmax = nn.Softmax(1)
        self.conv = nn.Conv2d(bins, 1, 1, bias=False).requires_grad_(False)
        self.conv.weight.data.copy_(torch.arange(self.conv.weight.shape[1]).view(-1, 1, 1))

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        x: torch.Tensor = self.softmax(self.flatten(self.unflatten(input)).transpose(1, 2))
        conv = self.conv(x)
        x = conv.reshape(input.shape[0], 4, input.shape[2], input.shape[3])
        return x


class Detect(nn.Module):
    """The block `detect` of YOLOv8."""

    def __init__(
        self,
        small_channels: int,
        medium_channels: int,
        large_channels: int,
        num_classes: int = 80,
        bins: int = 16,
    ) -> None:
        super().__init__()
        self.cv2 = Branches(
            small_channels,
            medium_channels,
            large_channels,
            max(16, small_channels // 4, 4 * bins),
            4 * bins,
            (1, 1, 1),
        )
        self.cv3 = Branches(
            small_channels,
            medium_channels,
            large_channels,
            max(small_channels, min(num_classes, 100)),
            num_classes,
            (
                math.log(5 / num_classes / 80**2),
                math.log(5 / num_classes / 40**2),
                math.log(5 / num_classes / 20**2),
            ),
        )
        self.dfl = Dfl(bins=bins)

    def forward(
        self, small: torch.Tensor, medium: torch.Tensor, large: torch.Tensor
    ) -> tuple[torch.Tensor, ...]:
        cv2_0, cv2_1, cv2_2 = self.cv2(small, medium, large)
        cv3_0, cv3_1, cv3_2 = self.cv3(small, medium, large)
        dfl = self.dfl(cv2_0)
        dfl1 = self.dfl(cv2_1)
        dfl2 = self.dfl(cv2_2)
        cat0: torch.Tensor = torch.cat((dfl, cv3_0), dim=1)
        cat1: torch.Tensor = torch.cat((dfl1, cv3_1), dim=1)
        cat2: torch.Tensor = torch.cat((dfl2, cv3_2), dim=1)
        return cat0, cat1, cat2


class YOLOv8(nn.ModuleDict):
    """YOLOv8: takes N×3×640×640, gives N×84×80×80, N×84×40×40, N×84×20×20.

    A detector, from a picture to the sides of boxes and the classes at three scales.

    https://docs.ultralytics.com/models/yolov8
    """

    def __init__(
        self,
        width_multiple: float = 0.25,
        depth_multiple: float = 0.33,
        max_channels: int = 1024,
        num_classes: int = 80,
        bins: int = 16,
    ) -> None:
        p1 = math.ceil(min(64, max_channels) * width_multiple / 8) * 8
        p2 = math.ceil(min(128, max_channels) * width_multiple / 8) * 8
        p3 = math.ceil(min(256, max_channels) * width_multiple / 8) * 8
        p4 = math.ceil(min(512, max_channels) * width_multiple / 8) * 8
        p5 = math.ceil(min(1024, max_channels) * width_multiple / 8) * 8
        few = max(round(3 * depth_multiple), 1)
        many = max(round(6 * depth_multiple), 1)
        super().__init__(
            {
                "0": Conv(3, p1, stride=2),
                "1": Conv(p1, p2, stride=2),
                "2": C2f(p2, p2, depth=few),
                "3": Conv(p2, p3, stride=2),
                "4": C2f(p3, p3, depth=many),
                "5": Conv(p3, p4, stride=2),
                "6": C2f(p4, p4, depth=many),
                "7": Conv(p4, p5, stride=2),
                "8": C2f(p5, p5, depth=few),
                "9": Sppf(p5),
                "10": nn.Upsample(scale_factor=2),
                "12": C2f(p4 + p5, p4, depth=few, shortcut=False),
                "13": nn.Upsample(scale_factor=2),
                "15": C2f(p3 + p4, p3, depth=few, shortcut=False),
                "16": Conv(p3, p3, stride=2),
                "18": C2f(p3 + p4, p4, depth=few, shortcut=False),
                "19": Conv(p4, p4, stride=2),
                "21": C2f(p4 + p5, p5, depth=few, shortcut=False),
                "22": Detect(p3, p4, p5, num_classes=num_classes, bins=bins),
            }
        )

    def forward(self, x: torch.Tensor) -> tuple[torch.Tensor, ...]:
        x = self["0"](x)
        x = self["1"](x)
        x = self["2"](x)
        x = self["3"](x)
        layer_4 = self["4"](x)
        x = self["5"](layer_4)
        layer_6 = self["6"](x)
        x = self["7"](layer_6)
        x = self["8"](x)
        layer_9 = self["9"](x)
        layer_10 = self["10"](layer_9)
        x = torch.cat((layer_10, layer_6), dim=1)
        layer_12 = self["12"](x)
        layer_13 = self["13"](layer_12)
        x = torch.cat((layer_13, layer_4), dim=1)
        layer_15 = self["15"](x)
        layer_16 = self["16"](layer_15)
        x = torch.cat((layer_16, layer_12), dim=1)
        layer_18 = self["18"](x)
        layer_19 = self["19"](layer_18)
        x = torch.cat((layer_19, layer_9), dim=1)
        layer_21 = self["21"](x)
        layer_22_0, layer_22_1, layer_22_2 = self["22"](layer_15, layer_18, layer_21)
        return layer_22_0, layer_22_1, layer_22_2
