"""`adaptive_max_pool1d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize1d
from archspec.ops.pooling import AdaptiveMaxPooling


class AdaptiveMaxPool1d(AdaptiveMaxPooling):
    """Takes the maximum of each channel of N×C×L by windows that make it `output_size`.

    With `return_indices` it gives a second value: where each maximum stood.
    """

    torch: ClassVar = "nn.AdaptiveMaxPool1d"
    dimensions: ClassVar = 1
    arguments: ClassVar = {"output_size": "The length that comes out."}

    output_size: OutputSize1d
