"""`batch_norm3d`."""

from typing import ClassVar

from archspec.ops.normalisation import BatchNorm


class BatchNorm3d(BatchNorm):
    """Normalises each channel of N×C×D×H×W over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm3d"
    ranks: ClassVar = (5,)
