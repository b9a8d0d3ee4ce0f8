"""`dropout`."""

from typing import ClassVar

from archspec.ops.dropping import Dropping


class Dropout(Dropping):
    """Sets numbers to 0 with probability `p` in training, and scales the others by `1/(1-p)`."""

    torch: ClassVar = "nn.Dropout"
