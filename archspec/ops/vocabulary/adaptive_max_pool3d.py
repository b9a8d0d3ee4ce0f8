"""`adaptive_max_pool3d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize3d
from archspec.ops.pooling import AdaptiveMaxPooling


class AdaptiveMaxPool3d(AdaptiveMaxPooling):
    """Takes the maximum of each channel of N×C×D×H×W by windows that make it `output_size`.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.AdaptiveMaxPool3d"
    dimensions: ClassVar = 3

    output_size: OutputSize3d
