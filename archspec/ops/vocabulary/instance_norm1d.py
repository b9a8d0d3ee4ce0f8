"""`instance_norm1d`."""

from typing import ClassVar

from archspec.ops.normalisation import InstanceNorm


class InstanceNorm1d(InstanceNorm):
    """Normalises each channel of each sample of N×C×L by itself, over its L values."""

    torch: ClassVar = "nn.InstanceNorm1d"
    ranks: ClassVar = (3,)
