"""What `exp`, `neg` and their like share: functions of each number by itself."""

from collections.abc import Mapping

from archspec.ops.functions import FreeFunction, check_numbers
from archspec.ops.numbers import is_floating
from archspec.shapes import Require
from archspec.tensors import Tensor


class MethodOfEach(FreeFunction):
    """A method of a tensor that takes no arguments, and gives a number for each."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        check_numbers(self, inputs)
        return inputs

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.abs()`."""
        return f"{inputs[0]}.{self.op()}()"


class ConvertingMethod(MethodOfEach):
    """One that turns integers and truth values into numbers with a point."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; what is no number with a point becomes float32."""
        (x,) = inputs
        return (x if is_floating(x.dtype) else Tensor(x.shape),)
