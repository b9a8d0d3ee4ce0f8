"""`conv3d`."""

from typing import ClassVar

from archspec.ops.convolution import Convolution
from archspec.ops.fields import PaddingOrWord3d, Window3d


class Conv3d(Convolution):
    """Slides `out_channels` kernels over N×C×D×H×W; each of them gives one feature map."""

    torch: ClassVar = "nn.Conv3d"
    dimensions: ClassVar = 3
    weight_rank: ClassVar = 5

    kernel_size: Window3d
    stride: Window3d = (1, 1, 1)
    padding: PaddingOrWord3d = (0, 0, 0)
    dilation: Window3d = (1, 1, 1)
