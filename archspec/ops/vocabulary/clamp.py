"""`clamp`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import Entry, MissingKey, Remedy
from archspec.ops.functions import FreeFunction
from archspec.ops.numbers import OptionalNumber, check_holds, with_number
from archspec.ops.python_text import keywords
from archspec.shapes import Require
from archspec.tensors import Tensor


class Clamp(FreeFunction):
    """Each number, but at least `min` and at most `max`."""

    torch: ClassVar = "torch.clamp"
    example: ClassVar = {"min": 0}
    arguments: ClassVar = {
        "min": "The least number that comes out; null for no limit.",
        "max": "The largest number that comes out; null for no limit.",
    }

    min: OptionalNumber = None
    max: OptionalNumber = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        limits = [limit for limit in (self.min, self.max) if limit is not None]
        if not limits:
            raise MissingKey(
                "`clamp` needs `min`, `max` or both",
                help=Remedy("write `{op: clamp, min: 0}`", Entry("min", "0")),
            )
        dtype = x.dtype
        for limit in limits:
            dtype = with_number(dtype, limit)
        for limit in limits:
            check_holds(self, dtype, limit)
        return (Tensor(x.shape, dtype),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.clamp(min=0, max=6)`."""
        limits = {name: text for name, text in arguments.items() if text != "None"}
        return f"{inputs[0]}.clamp({keywords(limits).removeprefix(', ')})"
