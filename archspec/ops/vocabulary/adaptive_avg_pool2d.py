"""`adaptive_avg_pool2d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize2d
from archspec.ops.pooling import AdaptivePooling


class AdaptiveAvgPool2d(AdaptivePooling):
    """Averages each channel of N×C×H×W over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool2d"
    dimensions: ClassVar = 2

    output_size: OutputSize2d
