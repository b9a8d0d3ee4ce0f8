"""`conv_transpose2d`."""

from typing import ClassVar

from archspec.ops.convolution import TransposedConvolution
from archspec.ops.fields import Padding2d, Window2d


class ConvTranspose2d(TransposedConvolution):
    """Spreads each number of N×C×H×W over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose2d"
    dimensions: ClassVar = 2
    weight_rank: ClassVar = 4

    kernel_size: Window2d
    stride: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    output_padding: Padding2d = (0, 0)
    dilation: Window2d = (1, 1)
