"""`scatter`."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from archspec.diagnostics import WrongArity
from archspec.ops.fields import Keywords
from archspec.ops.functions import FreeFunction, axis, check_indices_fit, check_one_dtype
from archspec.ops.numbers import OptionalNumber, check_holds
from archspec.ops.operation import Sizes
from archspec.ops.python_text import given
from archspec.ops.tables import check_indices
from archspec.shapes import Require
from archspec.tensors import Tensor

Reduce = Annotated[Literal["add", "multiply"] | None, Keywords(frozenset(["add", "multiply"]))]
"""What becomes of a number that is written to: the sum, the product, or forgotten."""


class Scatter(FreeFunction):
    """Writes the third input, or `value`, to the places of `dim` that the second input names.

    `out[index[i][j]][j] = src[i][j]` for `dim: 0`, and `out[i][index[i][j]] = src[i][j]` for
    `dim: 1`; where nothing is written it gives the first input.
    """

    torch: ClassVar = "torch.scatter"
    arity: ClassVar = (2, 3)
    example: ClassVar = {"dim": 1}
    example_inputs: ClassVar = (((8,), "float32"), ((3,), "int64"), ((3,), "float32"))
    arguments: ClassVar = {
        "reduce": "Whether to `add` to what is there or to `multiply` it; null replaces it.",
        "value": "The number that takes the place of the third input; `inf` and `-inf` are words.",
    }

    dim: int
    value: OptionalNumber = None
    reduce: Reduce = None

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; the second input is of int64 or int32."""
        check_indices(cls, inputs[1])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the first input's shape; the second is no larger but along `dim`."""
        x, index, *src = inputs
        if (self.value is None) != (len(src) == 1):
            raise WrongArity(
                "`scatter` takes either a third value or the number `value`, and receives "
                f"{'neither' if self.value is None else 'both'}",
                help="read a third value by `from`, or give a number by `value`",
            )
        check_one_dtype(self, (x, *src))
        check_holds(self, x.dtype, self.value)
        check_indices_fit(require, self, "first", x, index, axis(self, self.dim, x.rank))
        for tensor in src:
            check_indices_fit(require, self, "third", tensor, index, None)
        return (x,)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.scatter(1, index, src)`; with `reduce` what PyTorch has in its place."""
        x, index, *tensors = inputs
        reduce, number, dim = (
            given(arguments, "reduce"),
            given(arguments, "value"),
            arguments["dim"],
        )
        src = tensors[0] if number is None else number
        if reduce is None:
            return f"{x}.scatter({dim}, {index}, {src})"
        every = src if number is None else f"{x}.new_full({index}.shape, {src})"
        method, word = _reduction(reduce)
        return f"{x}.{method}({dim}, {index}, {every}{word})"


def _reduction(text: str) -> tuple[str, str]:
    """Give the method that PyTorch has in the place of `reduce`, which it cannot train.

    >>> _reduction('"multiply"')
    ('scatter_reduce', ', reduce="prod"')
    """
    if text in ('"add"', "'add'"):
        return "scatter_add", ""
    sums = "" if text in ('"multiply"', "'multiply'") else f'"sum" if {text} == "add" else '
    return "scatter_reduce", f', reduce={sums}"prod"'
