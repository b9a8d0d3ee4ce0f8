"""`hardtanh`."""

from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.ops.activation import BoundingOperation
from archspec.ops.fields import Extended


class Hardtanh(BoundingOperation):
    """`min(max(x, min_val), max_val)` of each number."""

    torch: ClassVar = "nn.Hardtanh"
    activates: ClassVar = True
    bounds: ClassVar = ("min_val", "max_val")
    arguments: ClassVar = {
        "min_val": "The smallest number that comes out.",
        "max_val": "The largest number that comes out.",
    }

    min_val: Extended = -1.0
    max_val: Extended = 1.0
    inplace: bool = False

    @model_validator(mode="after")
    def _rises(self) -> "Hardtanh":
        if self.max_val > self.min_val:
            return self
        raise PydanticCustomError(
            "out_of_range",
            "`min_val: {least}` must be below `max_val: {most}`",
            {"least": f"{self.min_val:g}", "most": f"{self.max_val:g}"},
        )
