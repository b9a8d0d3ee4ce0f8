"""`unfold`."""

from math import prod
from typing import ClassVar

from archspec.ops.fields import Padding2d, Window2d
from archspec.ops.folding import blocks, check_dtype
from archspec.ops.operation import FreeOperation, Sizes, check_rank
from archspec.ops.windows import Window
from archspec.shapes import Require
from archspec.tensors import Tensor


class Unfold(FreeOperation):
    """Takes the windows of N×C×H×W, and gives each as a column of N×C·k·k×L: patches, say.

    L is how many windows there are, row by row. What `linear` makes of the columns is what a
    convolution makes of the windows.
    """

    torch: ClassVar = "nn.Unfold"

    kernel_size: Window2d
    dilation: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    stride: Window2d = (1, 1)

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C×H×W."""
        check_rank(cls, inputs[0], 4)
        check_dtype(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×(C · k · k)×L, where L is the product of `floor((n + 2p - d(k-1) - 1) / s) + 1`."""
        (x,) = inputs
        count = blocks(
            require, x.shape[2:], self.kernel_size, self.stride, self.padding, self.dilation
        )
        return (x.reshaped(x.batch, x.channels * prod(self.kernel_size), count),)

    def windows(self) -> tuple[Window, ...]:
        """Give kernel, stride and dilation, height before width."""
        each = zip(self.kernel_size, self.stride, self.dilation, strict=True)
        return tuple(Window(*window) for window in each)
