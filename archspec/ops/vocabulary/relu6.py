"""`relu6`."""

from typing import ClassVar

from archspec.ops.activation import NumericOperation


class Relu6(NumericOperation):
    """`min(max(x, 0), 6)` of each number."""

    torch: ClassVar = "nn.ReLU6"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False
