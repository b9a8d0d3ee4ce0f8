"""`batch_norm2d`."""

from typing import ClassVar

from archspec.ops.normalisation import BatchNorm


class BatchNorm2d(BatchNorm):
    """Normalises each channel of N×C×H×W over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm2d"
    ranks: ClassVar = (4,)
