"""`masked_fill`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import WrongDtype
from archspec.ops.functions import FreeFunction
from archspec.ops.numbers import Number, check_holds
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class MaskedFill(FreeFunction):
    """Puts `value` where its second input, the mask, is true; sizes of 1 expand.

    `value: -inf` hides what `softmax` must not see.
    """

    torch: ClassVar = "torch.masked_fill"
    arity: ClassVar = (2, 2)
    example: ClassVar = {"value": "-inf"}
    example_inputs: ClassVar = (((8,), "float32"), ((8,), "bool"))
    arguments: ClassVar = {"value": "The number that is written; `inf` and `-inf` are words."}

    value: Number

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast, and the first one's dtype."""
        x, mask = inputs
        if mask.dtype != "bool":
            raise WrongDtype(f"the mask of `masked_fill` is of bool, not {mask.dtype}")
        check_holds(self, x.dtype, self.value)
        return (x.reshaped(*broadcast(require, self.op(), inputs).shape),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.masked_fill(mask, float("-inf"))`."""
        x, *masks = inputs
        return f"{x}.masked_fill({', '.join(masks)}, {arguments['value']})"
