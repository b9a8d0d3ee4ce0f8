"""`normalize`."""

from typing import ClassVar

from archspec.ops.fields import Extended, Finite
from archspec.ops.functions import FreeFunction, axis
from archspec.ops.operation import Sizes, check_floating
from archspec.shapes import Require
from archspec.tensors import Tensor


class Normalize(FreeFunction):
    """Divides by the length along `dim`: `x / max(‖x‖_p, eps)`."""

    torch: ClassVar = "nn.functional.normalize"
    arguments: ClassVar = {
        "eps": "The least number that is divided by.",
        "p": "The norm that is the length: 2 for Euclid's.",
    }

    p: Extended = 2.0
    dim: int = 1
    eps: Finite = 1e-12

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes floating-point numbers."""
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        axis(self, self.dim, inputs[0].rank)
        return inputs
