"""Functions of each number by itself."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import Entry, MissingKey, OutOfRange, Remedy, WrongArity, WrongDtype
from archspec.operations.call_text import given, keywords
from archspec.operations.checks import check_holds, with_number
from archspec.operations.fields import OptionalNumber
from archspec.operations.operation import FreeFunction, Kind, MethodFunction
from archspec.sizes import Require, Tensor, broadcast, is_floating


class MethodOfEach(MethodFunction):
    """A method of a tensor that takes no arguments, and gives a number for each."""

    takes: ClassVar[Kind] = "numbers"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        return inputs


class ConvertingMethod(MethodOfEach):
    """One that turns integers and truth values into numbers with a point."""

    takes: ClassVar = "any"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; what is no number with a point becomes float32."""
        (x,) = inputs
        return (x if is_floating(x.dtype) else Tensor(x.shape),)


class Abs(MethodOfEach):
    """Each number without its sign."""

    torch: ClassVar = "torch.abs"


class Cos(ConvertingMethod):
    """The cosine of each number, an angle in radians."""

    torch: ClassVar = "torch.cos"
    activates: ClassVar = True


class Exp(ConvertingMethod):
    """`e` to the power of each number."""

    torch: ClassVar = "torch.exp"


class Log(ConvertingMethod):
    """The natural logarithm of each number."""

    torch: ClassVar = "torch.log"


class Neg(MethodOfEach):
    """Each number with the other sign."""

    torch: ClassVar = "torch.neg"

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `-x`."""
        return f"-{inputs[0]}"


class Rsqrt(ConvertingMethod):
    """1 over the square root of each number."""

    torch: ClassVar = "torch.rsqrt"


class Sign(MethodOfEach):
    """1 for each number above 0, -1 for each below, and 0 for 0."""

    torch: ClassVar = "torch.sign"
    takes: ClassVar = "any"


class Sin(ConvertingMethod):
    """The sine of each number, an angle in radians."""

    torch: ClassVar = "torch.sin"
    activates: ClassVar = True


class Sqrt(ConvertingMethod):
    """The square root of each number."""

    torch: ClassVar = "torch.sqrt"


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
