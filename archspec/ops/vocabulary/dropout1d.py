"""`dropout1d`."""

from typing import ClassVar

from archspec.ops.dropping import ChannelDropping


class Dropout1d(ChannelDropping):
    """Sets whole channels of N×C×L to 0 with probability `p` in training.

    The others are scaled by `1/(1-p)`.
    """

    torch: ClassVar = "nn.Dropout1d"
    rank: ClassVar = 3
