"""`cumsum`."""

from typing import ClassVar

from archspec.ops.reductions import Cumulative


class Cumsum(Cumulative):
    """The sum of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumsum"
