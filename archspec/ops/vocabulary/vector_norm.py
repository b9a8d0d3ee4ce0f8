"""`vector_norm`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.functions import FreeFunction
from archspec.ops.numbers import Number
from archspec.ops.operation import Sizes, check_floating
from archspec.ops.python_text import keywords
from archspec.ops.reductions import reduced
from archspec.ops.sizes import OptionalDims
from archspec.shapes import Require
from archspec.tensors import Tensor


class VectorNorm(FreeFunction):
    """The length over one dimension, several, or all: `(Σ |x|^ord)^(1 / ord)`.

    `ord: inf` is the largest number without its sign, `-inf` the smallest.
    """

    torch: ClassVar = "torch.linalg.vector_norm"
    example: ClassVar = {"dim": 1}
    arguments: ClassVar = {
        "dim": "A dimension, a list of them, or null for all.",
        "ord": "The order of the norm: 2 for Euclid's; `inf` is a word.",
    }

    ord: Number = 2
    dim: OptionalDims = None
    keepdim: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave those dimensions out; with `keepdim` their size is 1."""
        return (reduced(self, inputs[0], self.dim, self.keepdim),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.linalg.vector_norm(x, dim=1)`."""
        return f"{self.torch}({inputs[0]}{keywords(arguments)})"
