"""`one_hot`."""

from typing import ClassVar

from archspec.diagnostics import WrongDtype
from archspec.ops.functions import FreeFunction
from archspec.ops.operation import Sizes
from archspec.ops.sizes import FreeSize
from archspec.shapes import Require
from archspec.tensors import Tensor


class OneHot(FreeFunction):
    """A row of zeros for each number, with a 1 in the place that the number counts from 0.

    PyTorch's default is the largest number that is seen, which no shape tells: here
    `num_classes` is required.
    """

    torch: ClassVar = "nn.functional.one_hot"
    arguments: ClassVar = {"num_classes": "How long each row is: one more than the largest number."}

    num_classes: FreeSize

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes int64 of any shape."""
        if inputs[0].dtype != "int64":
            raise WrongDtype(
                f"`one_hot` takes int64, not {inputs[0].dtype}",
                label=f"reads {inputs[0]} of {inputs[0].dtype}",
                help="write `input: {shape: [N, T], dtype: int64}`",
            )
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's shape, and `num_classes` behind it."""
        (x,) = inputs
        return (x.reshaped(*x.shape, self.num_classes),)
