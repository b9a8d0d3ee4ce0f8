"""`alpha_dropout`."""

from typing import ClassVar

from archspec.ops.dropping import Dropping


class AlphaDropout(Dropping):
    """Sets numbers to -1.758 with probability `p` in training, where `selu` ends.

    All are then scaled and shifted, so that mean and variance stay as they were.
    """

    torch: ClassVar = "nn.AlphaDropout"
