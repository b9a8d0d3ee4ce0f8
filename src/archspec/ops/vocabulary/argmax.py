"""`argmax`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction, check_numbers
from archspec.ops.python_text import keywords
from archspec.ops.reductions import reduced
from archspec.shapes import Require
from archspec.tensors import Tensor


class Argmax(FreeFunction):
    """The place of the largest number along `dim`, as int64."""

    torch: ClassVar = "torch.argmax"
    example: ClassVar = {"dim": 1}

    dim: int | None = None
    keepdim: bool = False

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave that dimension out, or all; with `keepdim` its size is 1."""
        check_numbers(self, inputs)
        return (Tensor(reduced(self, inputs[0], self.dim, self.keepdim).shape, "int64"),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.argmax(1)`."""
        dim = arguments.get("dim", "None")
        named = "dim=None" if dim == "None" else dim
        return f"{inputs[0]}.argmax({named}{keywords(arguments, 'dim')})"
