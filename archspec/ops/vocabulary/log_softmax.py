"""`log_softmax`."""

from typing import ClassVar

from archspec.ops.along import AlongDimension


class LogSoftmax(AlongDimension):
    """`log(exp(x) / sum(exp(x)))` of each number, the sum taken along `dim`."""

    torch: ClassVar = "nn.LogSoftmax"
