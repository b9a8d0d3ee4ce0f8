"""`roll`."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.ops.functions import FreeFunction, axis
from archspec.ops.python_text import keywords
from archspec.ops.sizes import DimOrDims, OptionalDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Roll(FreeFunction):
    """Moves everything along `dims` by `shifts` places; what leaves at the end comes in in front.

    Without `dims` all numbers are one row, as they lie in memory.
    """

    torch: ClassVar = "torch.roll"
    arguments: ClassVar = {
        "dims": "The dimensions along which it moves; null for all numbers in one row.",
        "shifts": "By how many places, one number for each of `dims`.",
    }

    shifts: DimOrDims
    dims: OptionalDims = None

    @model_validator(mode="after")
    def _one_shift_for_each(self) -> "Roll":
        shifts, dims = (_several(value) for value in (self.shifts, self.dims))
        if len(shifts) != (1 if self.dims is None else len(dims)) or not shifts:
            raise PydanticCustomError(
                "out_of_range",
                "`shifts` holds a number for each of `dims`: {shifts} for {dims}",
                {"shifts": len(shifts), "dims": len(dims) or "all together"},
            )
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        for dim in _several(self.dims):
            axis(self, dim, inputs[0].rank)
        return inputs

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.roll(1, dims=2)`."""
        return f"{inputs[0]}.roll({arguments['shifts']}{keywords(arguments, 'shifts')})"


def _several(value: int | tuple[int, ...] | None) -> tuple[int, ...]:
    if value is None:
        return ()
    return (value,) if isinstance(value, int) else value
