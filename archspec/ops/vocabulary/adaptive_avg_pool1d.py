"""`adaptive_avg_pool1d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize1d
from archspec.ops.pooling import AdaptivePooling


class AdaptiveAvgPool1d(AdaptivePooling):
    """Averages each channel of N×C×L over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool1d"
    dimensions: ClassVar = 1
    arguments: ClassVar = {"output_size": "The length that comes out."}

    output_size: OutputSize1d
