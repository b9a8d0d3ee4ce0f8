"""`instance_norm2d`."""

from typing import ClassVar

from archspec.ops.normalisation import InstanceNorm


class InstanceNorm2d(InstanceNorm):
    """Normalises each channel of each sample of N×C×H×W by itself, over its H·W values."""

    torch: ClassVar = "nn.InstanceNorm2d"
    ranks: ClassVar = (4,)
