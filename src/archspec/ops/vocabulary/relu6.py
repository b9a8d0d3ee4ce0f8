"""`relu6`."""

from typing import ClassVar

from archspec.diagnostics import WrongDtype
from archspec.ops.operation import ElementwiseOperation, Sizes
from archspec.tensors import Tensor


class Relu6(ElementwiseOperation):
    """`min(max(x, 0), 6)` of each number."""

    torch: ClassVar = "nn.ReLU6"
    activates: ClassVar = True
    never_negative: ClassVar = True

    inplace: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes numbers of any shape."""
        if inputs[0].dtype == "bool":
            raise WrongDtype("`relu6` takes numbers, not bool", label=f"reads {inputs[0]} of bool")
        return {}
