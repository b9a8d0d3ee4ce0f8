"""`max_unpool3d`."""

from typing import ClassVar

from archspec.ops.fields import Padding3d, Window3d
from archspec.ops.unpooling import Unpooling


class MaxUnpool3d(Unpooling):
    """Puts each maximum of N×C×D×H×W back where its index says that it stood, among zeros.

    It reads what `max_pool3d` with `return_indices` gave, and its indices. Where that pooling
    rounded down, `output_size: x.shape[2:]` gives the size of what it read.
    """

    torch: ClassVar = "nn.functional.max_unpool3d"
    dimensions: ClassVar = 3
    example: ClassVar = {"kernel_size": 2}
    example_inputs: ClassVar = (((8, 4, 4, 4), "float32"), ((8, 4, 4, 4), "int64"))

    kernel_size: Window3d
    stride: Window3d | None = None
    padding: Padding3d = (0, 0, 0)
