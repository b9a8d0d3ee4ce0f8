"""`relu`."""

from typing import ClassVar

from archspec.ops.activation import NumericOperation


class Relu(NumericOperation):
    """`max(x, 0)` of each number."""

    torch: ClassVar = "nn.ReLU"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False
