"""`instance_norm3d`."""

from typing import ClassVar

from archspec.ops.normalisation import InstanceNorm


class InstanceNorm3d(InstanceNorm):
    """Normalises each channel of each sample of N×C×D×H×W by itself, over its D·H·W values."""

    torch: ClassVar = "nn.InstanceNorm3d"
    ranks: ClassVar = (5,)
