"""`adaptive_avg_pool3d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize3d
from archspec.ops.pooling import AdaptivePooling


class AdaptiveAvgPool3d(AdaptivePooling):
    """Averages each channel of N×C×D×H×W over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool3d"
    dimensions: ClassVar = 3

    output_size: OutputSize3d
