"""`div`."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import WrongDtype
from archspec.ops.fields import Keywords
from archspec.ops.joins import JoinOfTwo, operands
from archspec.ops.numbers import is_floating
from archspec.ops.python_text import given
from archspec.shapes import Require
from archspec.tensors import Tensor

Rounding = Annotated[Literal["trunc", "floor"] | None, Keywords(frozenset(["trunc", "floor"]))]
"""Towards 0, down, or not at all."""


class Div(JoinOfTwo):
    """The first input over the second, or over `other`, number by number; sizes of 1 expand.

    With `rounding_mode` integers give integers; without it they give float32.
    """

    torch: ClassVar = "torch.div"
    operator: ClassVar = "/"
    arguments: ClassVar = {
        **JoinOfTwo.arguments,
        "rounding_mode": "Whether the quotient is cut off (`trunc`) or rounded down (`floor`).",
    }

    rounding_mode: Rounding = None

    @model_validator(mode="after")
    def _not_by_nothing(self) -> "Div":
        if self.other == 0:
            raise PydanticCustomError("out_of_range", "`other` of `div` must not be 0")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        (joined,) = super().outputs(require, *inputs)
        if self.rounding_mode is None:
            return (joined if is_floating(joined.dtype) else Tensor(joined.shape),)
        if joined.dtype == "bool":
            raise WrongDtype("`div` rounds numbers, not truth values")
        return (joined,)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `a / b`, or `torch.div(a, b, rounding_mode="floor")`."""
        rounding = given(arguments, "rounding_mode")
        if rounding is None:
            return super().call(inputs, arguments)
        values = ", ".join(operands(inputs, arguments))
        return f"torch.div({values}, rounding_mode={rounding})"
