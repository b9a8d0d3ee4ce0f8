"""`batch_norm1d`."""

from typing import ClassVar

from archspec.ops.normalisation import BatchNorm


class BatchNorm1d(BatchNorm):
    """Normalises each channel of N×C or N×C×L over the batch, then scales and shifts it."""

    torch: ClassVar = "nn.BatchNorm1d"
    ranks: ClassVar = (2, 3)
