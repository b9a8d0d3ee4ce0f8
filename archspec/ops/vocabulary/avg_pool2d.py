"""`avg_pool2d`."""

from typing import ClassVar

from archspec.ops.fields import Count, Padding2d, Window2d
from archspec.ops.pooling import AveragePooling


class AvgPool2d(AveragePooling):
    """Averages each window over a channel of N×C×H×W; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool2d"
    dimensions: ClassVar = 2

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)
    divisor_override: Count | None = None
