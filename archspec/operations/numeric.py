"""What element-wise modules share: which numbers they take, and of which dtype they give them."""

from typing import ClassVar

from archspec.diagnostics import WrongDtype
from archspec.operations.functional import check_holds
from archspec.operations.operation import ElementwiseOperation, Sizes, check_floating
from archspec.sizes import Require, Tensor


class FloatingOperation(ElementwiseOperation):
    """An element-wise module that PyTorch has for floating-point numbers only."""

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers of any shape."""
        check_floating(cls, inputs[0])
        return {}


class NumericOperation(ElementwiseOperation):
    """An element-wise module that PyTorch has for numbers of any kind, but not for truth values."""

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes numbers of any shape."""
        if inputs[0].dtype == "bool":
            raise WrongDtype(
                f"`{cls.op()}` takes numbers, not bool", label=f"reads {inputs[0]} of bool"
            )
        return {}


class BoundingOperation(NumericOperation):
    """One whose arguments are numbers of the dtype that it reads: integers have no infinity."""

    bounds: ClassVar[tuple[str, ...]]
    """The names of those arguments."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        for name in self.bounds:
            check_holds(self, inputs[0].dtype, getattr(self, name))
        return inputs


class ConvertingOperation(ElementwiseOperation):
    """An element-wise module that turns integers into floating-point numbers."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; what is no floating-point number becomes float32."""
        (x,) = inputs
        return (x if x.dtype.startswith(("float", "bfloat")) else Tensor(x.shape),)


class ConvertingNumericOperation(ConvertingOperation, NumericOperation):
    """One that turns integers into floating-point numbers, and takes no truth values."""
