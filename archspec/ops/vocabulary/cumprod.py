"""`cumprod`."""

from typing import ClassVar

from archspec.ops.reductions import Cumulative


class Cumprod(Cumulative):
    """The product of each number and those before it along `dim`; integers become int64."""

    torch: ClassVar = "torch.cumprod"
