"""What `maximum` and `minimum` share."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.joins import JoinOfTwo
from archspec.ops.numbers import check_holds
from archspec.ops.python_text import given
from archspec.shapes import Require
from archspec.tensors import Tensor


class Extreme(JoinOfTwo):
    """The larger or the smaller one of two numbers: PyTorch asks for tensors, or a bound."""

    bound: ClassVar[str]
    """The argument of `clamp` that is a number in the place of the second tensor."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        (joined,) = super().outputs(require, *inputs)
        check_holds(self, joined.dtype, self.other)
        return (joined,)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.maximum(a, b)`, or `a.clamp(min=0)`."""
        other = given(arguments, "other")
        if other is None:
            return f"{self.torch}({', '.join(inputs)})"
        return f"{', '.join(inputs)}.clamp({self.bound}={other})"
