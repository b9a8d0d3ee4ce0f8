"""`conv2d`."""

from typing import ClassVar

from archspec.ops.convolution import Convolution
from archspec.ops.fields import PaddingOrWord2d, Window2d


class Conv2d(Convolution):
    """Slides `out_channels` kernels over N×C×H×W; each of them gives one feature map.

    A kernel has `in_channels / groups` channels, and they must match those that it slides over.
    """

    torch: ClassVar = "nn.Conv2d"
    dimensions: ClassVar = 2
    weight_rank: ClassVar = 4

    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: PaddingOrWord2d = (0, 0)
    dilation: Window2d = (1, 1)
