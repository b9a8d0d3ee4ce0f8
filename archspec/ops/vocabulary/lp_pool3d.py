"""`lp_pool3d`."""

from typing import ClassVar

from archspec.ops.fields import Window3d
from archspec.ops.pooling import PowerPooling


class LpPool3d(PowerPooling):
    """Takes the root of the sum of powers of each window over a channel of N×C×D×H×W.

    With `norm_type` p that is `(sum of x^p)^(1/p)`: 1 sums, 2 gives a length.
    """

    torch: ClassVar = "nn.LPPool3d"
    dimensions: ClassVar = 3
    whole: ClassVar = True
    halves: ClassVar = False

    kernel_size: Window3d
    stride: Window3d | None = None
