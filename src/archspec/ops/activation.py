"""What element-wise modules have in common that compute with floating-point numbers."""

from archspec.ops.operation import ElementwiseOperation, Sizes, check_floating
from archspec.shapes import Require
from archspec.tensors import Tensor


class FloatingOperation(ElementwiseOperation):
    """An element-wise module that PyTorch has for floating-point numbers only."""

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers of any shape."""
        check_floating(cls, inputs[0])
        return {}


class ConvertingOperation(ElementwiseOperation):
    """An element-wise module that turns integers into floating-point numbers."""

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape; what is no floating-point number becomes float32."""
        (x,) = inputs
        return (x if x.dtype.startswith(("float", "bfloat")) else Tensor(x.shape),)
