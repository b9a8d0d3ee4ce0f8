"""`sigmoid`."""

from typing import ClassVar

from archspec.ops.activation import ConvertingOperation


class Sigmoid(ConvertingOperation):
    """`1 / (1 + exp(-x))` of each number."""

    torch: ClassVar = "nn.Sigmoid"
    activates: ClassVar = True
    never_negative: ClassVar = True
