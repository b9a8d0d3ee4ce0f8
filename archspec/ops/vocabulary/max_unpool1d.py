"""`max_unpool1d`."""

from typing import ClassVar

from archspec.ops.fields import Padding1d, Window1d
from archspec.ops.unpooling import Unpooling


class MaxUnpool1d(Unpooling):
    """Puts each maximum of N×C×L back where its index says that it stood, among zeros.

    It reads what `max_pool1d` with `return_indices` gave, and its indices. Where that pooling
    rounded down, `output_size: x.shape[2:]` gives the size of what it read.
    """

    torch: ClassVar = "nn.functional.max_unpool1d"
    dimensions: ClassVar = 1
    example: ClassVar = {"kernel_size": 2}
    example_inputs: ClassVar = (((8, 16), "float32"), ((8, 16), "int64"))

    kernel_size: Window1d
    stride: Window1d | None = None
    padding: Padding1d = (0,)
