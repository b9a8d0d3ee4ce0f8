"""`avg_pool3d`."""

from typing import ClassVar

from archspec.ops.fields import Count, Padding3d, Window3d
from archspec.ops.pooling import AveragePooling


class AvgPool3d(AveragePooling):
    """Averages each window over a channel of N×C×D×H×W; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool3d"
    dimensions: ClassVar = 3
    whole: ClassVar = True
    halves: ClassVar = False

    kernel_size: Window3d
    stride: Window3d | None = None
    padding: Padding3d = (0, 0, 0)
    divisor_override: Count | None = None
