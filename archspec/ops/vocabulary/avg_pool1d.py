"""`avg_pool1d`."""

from typing import ClassVar

from archspec.ops.fields import Padding1d, Window1d
from archspec.ops.pooling import AveragePooling


class AvgPool1d(AveragePooling):
    """Averages each window over a channel of N×C×L; the stride is the kernel's size."""

    torch: ClassVar = "nn.AvgPool1d"
    dimensions: ClassVar = 1

    kernel_size: Window1d
    stride: Window1d | None = None
    padding: Padding1d = (0,)
