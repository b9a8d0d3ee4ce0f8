"""`dropout`."""

from typing import ClassVar

from archspec.ops.fields import Probability
from archspec.ops.operation import ElementwiseOperation


class Dropout(ElementwiseOperation):
    """Sets numbers to 0 with probability `p` in training, and scales the others by `1/(1-p)`."""

    torch: ClassVar = "nn.Dropout"
    passes_on: ClassVar = True

    p: Probability = 0.5
    inplace: bool = False
