"""`dropout3d`."""

from typing import ClassVar

from archspec.ops.dropping import ChannelDropping


class Dropout3d(ChannelDropping):
    """Sets whole channels of N×C×D×H×W to 0 with probability `p` in training.

    The others are scaled by `1/(1-p)`.
    """

    torch: ClassVar = "nn.Dropout3d"
    rank: ClassVar = 5
