"""`adaptive_max_pool2d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize2d
from archspec.ops.pooling import AdaptiveMaxPooling


class AdaptiveMaxPool2d(AdaptiveMaxPooling):
    """Takes the maximum of each channel of N×C×H×W by windows that make it `output_size`.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.AdaptiveMaxPool2d"
    dimensions: ClassVar = 2

    output_size: OutputSize2d
