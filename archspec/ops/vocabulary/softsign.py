"""`softsign`."""

from typing import ClassVar

from archspec.ops.activation import ConvertingNumericOperation


class Softsign(ConvertingNumericOperation):
    """`x / (1 + abs(x))` of each number."""

    torch: ClassVar = "nn.Softsign"
    activates: ClassVar = True
