"""`sub`."""

from typing import ClassVar

from archspec.ops.functions import check_numbers
from archspec.ops.joins import JoinOfTwo
from archspec.shapes import Require
from archspec.tensors import Tensor


class Sub(JoinOfTwo):
    """The first input minus the second, or minus `other`, number by number; sizes of 1 expand."""

    torch: ClassVar = "torch.sub"
    operator: ClassVar = "-"

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the shape to which both broadcast."""
        outputs = super().outputs(require, *inputs)
        check_numbers(self, inputs)
        return outputs
