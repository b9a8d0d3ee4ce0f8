"""`dropout2d`."""

from typing import ClassVar

from archspec.ops.dropping import ChannelDropping


class Dropout2d(ChannelDropping):
    """Sets whole channels of N×C×H×W to 0 with probability `p` in training.

    The others are scaled by `1/(1-p)`.
    """

    torch: ClassVar = "nn.Dropout2d"
    rank: ClassVar = 4
