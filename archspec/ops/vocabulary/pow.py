"""`pow`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import Entry, OutOfRange, Remedy, WrongArity, WrongDtype
from archspec.ops.functions import FreeFunction
from archspec.ops.numbers import OptionalNumber, is_floating, with_number
from archspec.ops.python_text import given
from archspec.shapes import Require, broadcast
from archspec.tensors import Tensor


class Pow(FreeFunction):
    """Each number to the power of `exponent`, or of a second input."""

    torch: ClassVar = "torch.pow"
    arity: ClassVar = (1, 2)
    arguments: ClassVar = {"exponent": "The power, where it is a number and no second input."}

    exponent: OptionalNumber = None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        if (self.exponent is None) != (len(inputs) == 2):
            raise WrongArity(
                f"`pow` takes either a second value or the number `exponent`, and receives "
                f"{'neither' if self.exponent is None else 'both'}"
            )
        joined = broadcast(require, self.op(), inputs)
        if self.exponent is None:
            return (self._of_numbers(joined),)
        return (self._by_number(joined, self.exponent),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.pow(2)`."""
        base, *others = inputs
        exponent = given(arguments, "exponent")
        return f"{base}.pow({', '.join([*others, *([exponent] if exponent else [])])})"

    def _of_numbers(self, joined: Tensor) -> Tensor:
        if joined.dtype == "bool":
            raise WrongDtype("`pow` takes numbers, not truth values alone")
        return joined

    def _by_number(self, x: Tensor, exponent: object) -> Tensor:
        dtype = with_number(x.dtype, exponent)
        if isinstance(exponent, int) and exponent < 0 and not is_floating(dtype):
            raise OutOfRange(
                f"`pow` takes integers to powers of at least 0, not {exponent}",
                help=Remedy(
                    f"write the power with a point: `{float(exponent)}` gives numbers with a point",
                    Entry("exponent", str(float(exponent))),
                ),
            )
        return Tensor(x.shape, dtype)
