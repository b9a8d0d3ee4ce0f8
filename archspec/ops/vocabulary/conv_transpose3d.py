"""`conv_transpose3d`."""

from typing import ClassVar

from archspec.ops.convolution import TransposedConvolution
from archspec.ops.fields import Padding3d, Window3d


class ConvTranspose3d(TransposedConvolution):
    """Spreads each number of N×C×D×H×W over a window: the convolution that is its gradient.

    With a stride of s the output is about s times as large as the input.
    """

    torch: ClassVar = "nn.ConvTranspose3d"
    dimensions: ClassVar = 3
    weight_rank: ClassVar = 5

    kernel_size: Window3d
    stride: Window3d = (1, 1, 1)
    padding: Padding3d = (0, 0, 0)
    output_padding: Padding3d = (0, 0, 0)
    dilation: Window3d = (1, 1, 1)
