"""`permute`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch
from archspec.ops.functions import FreeFunction, axes
from archspec.ops.python_text import unpacked
from archspec.ops.sizes import Dims
from archspec.shapes import Require
from archspec.tensors import Tensor


class Permute(FreeFunction):
    """Puts the dimensions in another order: `dims: [0, 2, 3, 1]` moves the channels last."""

    torch: ClassVar = "torch.permute"
    memory: ClassVar = "input"

    dims: Dims

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the sizes in the order of `dims`."""
        (x,) = inputs
        order = axes(self, self.dims, x.rank)
        if len(order) != x.rank:
            raise RankMismatch(
                f"`permute` names {len(order)} dimensions, and its input has {x.rank}",
                label=f"reads {x}",
            )
        return (x.reshaped(*(x.shape[index] for index in order)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.permute(0, 2, 3, 1)`."""
        return f"{inputs[0]}.permute({unpacked(arguments['dims'])})"
