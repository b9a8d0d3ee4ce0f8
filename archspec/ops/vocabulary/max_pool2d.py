"""`max_pool2d`."""

from typing import ClassVar

from archspec.ops.fields import Padding2d, Window2d
from archspec.ops.pooling import MaxPooling


class MaxPool2d(MaxPooling):
    """Takes the maximum of each window over a channel of N×C×H×W; the stride is the kernel's size.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.MaxPool2d"
    dimensions: ClassVar = 2

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)
    dilation: Window2d = (1, 1)
