"""`max_unpool2d`."""

from typing import ClassVar

from archspec.ops.fields import Padding2d, Window2d
from archspec.ops.unpooling import Unpooling


class MaxUnpool2d(Unpooling):
    """Puts each maximum of N×C×H×W back where its index says that it stood, among zeros.

    It reads what `max_pool2d` with `return_indices` gave, and its indices. Where that pooling
    rounded down, `output_size: x.shape[2:]` gives the size of what it read.
    """

    torch: ClassVar = "nn.functional.max_unpool2d"
    dimensions: ClassVar = 2
    example: ClassVar = {"kernel_size": 2}
    example_inputs: ClassVar = (((8, 16, 16), "float32"), ((8, 16, 16), "int64"))

    kernel_size: Window2d
    stride: Window2d | None = None
    padding: Padding2d = (0, 0)
