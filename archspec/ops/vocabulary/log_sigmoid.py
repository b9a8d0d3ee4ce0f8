"""`log_sigmoid`."""

from typing import ClassVar

from archspec.ops.activation import FloatingOperation


class LogSigmoid(FloatingOperation):
    """`log(1 / (1 + exp(-x)))` of each number."""

    torch: ClassVar = "nn.LogSigmoid"
    activates: ClassVar = True
