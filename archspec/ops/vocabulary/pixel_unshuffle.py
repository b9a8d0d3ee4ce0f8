"""`pixel_unshuffle`."""

from typing import ClassVar

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import Size, divisible
from archspec.ops.fields import Count
from archspec.ops.images import ImageOperation
from archspec.shapes import Require
from archspec.tensors import Tensor


class PixelUnshuffle(ImageOperation):
    """Makes an image smaller and loses nothing: each square of r×r places becomes r² channels.

    N×C×H×W becomes N×C·r²×(H / r)×(W / r).
    """

    torch: ClassVar = "nn.PixelUnshuffle"
    memory: ClassVar = "own"
    example: ClassVar = {"downscale_factor": 2}
    arguments: ClassVar = {"downscale_factor": "By what height and width are divided."}

    downscale_factor: Count

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×(C · r²)×(H / r)×(W / r)."""
        (x,) = inputs
        *others, channels, height, width = x.shape
        sizes = (self._smaller(require, "height", height), self._smaller(require, "width", width))
        return (x.reshaped(*others, channels * self.downscale_factor**2, *sizes),)

    def _smaller(self, require: Require, name: str, size: Size) -> Size:
        if not require(divisible(size, self.downscale_factor)):
            raise ShapeMismatch(
                f"`pixel_unshuffle` cannot cut a {name} of {size} evenly into squares of "
                f"`downscale_factor: {self.downscale_factor}`",
                help="pad its input, or choose a factor that divides both sizes",
            )
        return size // self.downscale_factor
