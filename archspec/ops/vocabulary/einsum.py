"""`einsum`."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar

from pydantic import BeforeValidator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import WrongArity
from archspec.dimensions import Size
from archspec.ops.contraction import (
    BadEquation,
    Contracted,
    contracted,
    read_equation,
)
from archspec.ops.operation import FunctionOperation
from archspec.shapes import Require
from archspec.tensors import Tensor


def _checked(value: Any) -> Any:
    if not isinstance(value, str):
        raise PydanticCustomError("string_type", "a text")
    try:
        read_equation(value)
    except BadEquation as error:
        raise PydanticCustomError(
            "out_of_range", "`equation` of `einsum`: {reason}", {"reason": str(error)}
        ) from None
    return value


class Einsum(FunctionOperation):
    """Multiplies its inputs and adds up, with a letter for each dimension: `nij,njk->nik`.

    A letter that does not come out is summed over, and one that comes twice in an input takes the
    diagonal. `...` stands for all dimensions that are not named; sizes of 1 expand.
    """

    torch: ClassVar = "torch.einsum"
    arity: ClassVar = (1, None)
    example: ClassVar = {"equation": "nij,njk->nik"}
    example_inputs: ClassVar = (((4, 8), "float32"), ((8, 5), "float32"))
    arguments: ClassVar = {
        "equation": "The letters of each input's dimensions, and of those that come out."
    }

    equation: Annotated[str, BeforeValidator(_checked)]

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the sizes of the letters that come out."""
        (given, _) = self._contracted(require, inputs)
        return (given,)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each product in which letters are summed: the sizes of all its letters, multiplied."""
        return self._contracted(lambda _: True, inputs).macs

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `torch.einsum("nij,njk->nik", x, y)`."""
        return f"torch.einsum({', '.join([arguments['equation'], *inputs])})"

    def _contracted(self, require: Require, inputs: tuple[Tensor, ...]) -> Contracted:
        equation = read_equation(self.equation)
        if len(equation.inputs) != len(inputs):
            plural = "value" if len(equation.inputs) == 1 else "values"
            raise WrongArity(
                f"`equation` of `einsum` has letters for {len(equation.inputs)} {plural}, and "
                f"receives {len(inputs)}: `{self.equation}`",
                help="the letters of each value stand between commas",
            )
        return contracted(self.op(), equation, require, inputs)
