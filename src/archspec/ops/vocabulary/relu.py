"""`relu`."""

from typing import ClassVar

from archspec.ops.operation import ElementwiseOperation


class Relu(ElementwiseOperation):
    """`max(x, 0)` of each number."""

    torch: ClassVar = "nn.ReLU"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False
