"""`lp_pool2d`."""

from typing import ClassVar

from archspec.ops.fields import Window2d
from archspec.ops.pooling import PowerPooling


class LpPool2d(PowerPooling):
    """Takes the root of the sum of powers of each window over a channel of N×C×H×W.

    With `norm_type` p that is `(sum of x^p)^(1/p)`: 1 sums, 2 gives a length.
    """

    torch: ClassVar = "nn.LPPool2d"
    dimensions: ClassVar = 2

    kernel_size: Window2d
    stride: Window2d | None = None
