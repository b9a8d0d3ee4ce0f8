"""`argmin`."""

from typing import ClassVar

from archspec.ops.reductions import PlaceOf


class Argmin(PlaceOf):
    """The place of the smallest number along `dim`, as int64."""

    torch: ClassVar = "torch.argmin"
