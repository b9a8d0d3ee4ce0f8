"""`max_pool1d`."""

from typing import ClassVar

from archspec.ops.fields import Padding1d, Window1d
from archspec.ops.operation import check_floating
from archspec.ops.pooling import MaxPooling
from archspec.shapes import Require
from archspec.tensors import Tensor


class MaxPool1d(MaxPooling):
    """Takes the maximum of each window over a channel of N×C×L; the stride is the kernel's size.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.MaxPool1d"
    dimensions: ClassVar = 1

    kernel_size: Window1d
    stride: Window1d | None = None
    padding: Padding1d = (0,)
    dilation: Window1d = (1,)

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×L', by the arithmetic of windows; the indices have the same shape."""
        if not self.return_indices:  # PyTorch has another kernel for it
            check_floating(type(self), inputs[0])
        return super().outputs(require, *inputs)
