"""`prod`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import Entry, MissingKey, Remedy
from archspec.ops.functions import FreeFunction
from archspec.ops.python_text import given, keywords
from archspec.ops.reductions import reduced, summed
from archspec.shapes import Require
from archspec.tensors import Tensor


class Prod(FreeFunction):
    """The product over one dimension, or over all; integers become int64."""

    torch: ClassVar = "torch.prod"
    example: ClassVar = {"dim": 1}
    arguments: ClassVar = {"dim": "The dimension; null for all."}

    dim: int | None = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave that dimension out, or all; with `keepdim` its size is 1."""
        if self.keepdim and self.dim is None:
            raise MissingKey(
                "`keepdim` of `prod` needs `dim`",
                help=Remedy("write `{op: prod, dim: 1, keepdim: true}`", Entry("dim", "1")),
            )
        (x,) = inputs
        return (Tensor(reduced(self, x, self.dim, self.keepdim).shape, summed(x.dtype)),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.prod(1)`; over all PyTorch takes no `keepdim`, not even a false one."""
        dim, keepdim = given(arguments, "dim"), arguments.get("keepdim")
        if dim is None:
            return f"{inputs[0]}.prod({'keepdim=True' if keepdim == 'True' else ''})"
        return f"{inputs[0]}.prod({dim}{keywords(arguments, 'dim')})"
