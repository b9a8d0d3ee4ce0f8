"""`conv_transpose1d`."""

from typing import ClassVar

from archspec.ops.convolution import TransposedConvolution
from archspec.ops.fields import Padding1d, Window1d


class ConvTranspose1d(TransposedConvolution):
    """Spreads each number of N×C×L over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose1d"
    dimensions: ClassVar = 1
    weight_rank: ClassVar = 3

    kernel_size: Window1d
    stride: Window1d = (1,)
    padding: Padding1d = (0,)
    output_padding: Padding1d = (0,)
    dilation: Window1d = (1,)
