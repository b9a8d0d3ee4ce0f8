"""`adaptive_avg_pool2d`."""

from typing import ClassVar

from archspec.ops.fields import OutputSize2d
from archspec.ops.operation import FreeOperation, Sizes, check_floating, check_rank
from archspec.shapes import Require
from archspec.tensors import Tensor


class AdaptiveAvgPool2d(FreeOperation):
    """Averages each channel over as many windows as make the output `output_size`."""

    torch: ClassVar = "nn.AdaptiveAvgPool2d"

    output_size: OutputSize2d

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C×H×W."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`output_size`; null keeps the input's size."""
        (x,) = inputs
        pairs = zip(self.output_size, x.shape[2:], strict=True)
        sizes = (size if wanted is None else wanted for wanted, size in pairs)
        return (x.reshaped(x.batch, x.channels, *sizes),)
