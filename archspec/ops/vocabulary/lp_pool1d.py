"""`lp_pool1d`."""

from typing import ClassVar

from archspec.ops.fields import Count
from archspec.ops.pooling import PowerPooling


class LpPool1d(PowerPooling):
    """Takes the root of the sum of powers of each window over a channel of N×C×L.

    With `norm_type` p that is `(sum of x^p)^(1/p)`: 1 sums, 2 gives a length.
    """

    torch: ClassVar = "nn.LPPool1d"
    dimensions: ClassVar = 1

    kernel_size: Count  # type: ignore[assignment]  # PyTorch takes no list here
    stride: Count | None = None  # type: ignore[assignment]  # nor here

    @property
    def extents(self) -> tuple[int, ...]:
        """The length of the window."""
        return (self.kernel_size,)

    @property
    def strides(self) -> tuple[int, ...]:
        """The stride, by default the length of the window."""
        return (self.stride or self.kernel_size,)
