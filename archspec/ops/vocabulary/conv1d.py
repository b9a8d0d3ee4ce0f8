"""`conv1d`."""

from typing import ClassVar

from archspec.ops.convolution import Convolution
from archspec.ops.fields import PaddingOrWord1d, Window1d


class Conv1d(Convolution):
    """Slides `out_channels` kernels over N×C×L; each of them gives one feature map."""

    torch: ClassVar = "nn.Conv1d"
    dimensions: ClassVar = 1
    weight_rank: ClassVar = 3

    kernel_size: Window1d
    stride: Window1d = (1,)
    padding: PaddingOrWord1d = (0,)
    dilation: Window1d = (1,)
