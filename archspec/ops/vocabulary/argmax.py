"""`argmax`."""

from typing import ClassVar

from archspec.ops.reductions import PlaceOf


class Argmax(PlaceOf):
    """The place of the largest number along `dim`, as int64."""

    torch: ClassVar = "torch.argmax"
