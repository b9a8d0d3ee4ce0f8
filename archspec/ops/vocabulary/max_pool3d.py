"""`max_pool3d`."""

from typing import ClassVar

from archspec.ops.fields import Padding3d, Window3d
from archspec.ops.pooling import MaxPooling


class MaxPool3d(MaxPooling):
    """Takes the maximum of each window over a channel of N×C×D×H×W.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.MaxPool3d"
    dimensions: ClassVar = 3

    kernel_size: Window3d
    stride: Window3d | None = None
    padding: Padding3d = (0, 0, 0)
    dilation: Window3d = (1, 1, 1)
