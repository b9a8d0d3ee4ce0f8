"""`pixel_shuffle`."""

from typing import ClassVar

from archspec.diagnostics import ChannelMismatch
from archspec.dimensions import divisible
from archspec.ops.fields import Count
from archspec.ops.images import ImageOperation
from archspec.shapes import Require
from archspec.tensors import Tensor


class PixelShuffle(ImageOperation):
    """Makes an image larger, of its channels: r² of them become a square of r×r places.

    N×C·r²×H×W becomes N×C×H·r×W·r. Shi et al., https://arxiv.org/abs/1609.05158.
    """

    torch: ClassVar = "nn.PixelShuffle"
    memory: ClassVar = "own"
    example: ClassVar = {"upscale_factor": 2}

    arguments: ClassVar = {"upscale_factor": "How many times as high and wide it becomes."}

    upscale_factor: Count

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×(C / r²)×(H · r)×(W · r)."""
        (x,) = inputs
        *others, channels, height, width = x.shape
        square = self.upscale_factor**2
        if not require(divisible(channels, square)):
            raise ChannelMismatch(
                f"`pixel_shuffle` makes {square} places of {square} channels, and the {channels} "
                f"channels of its input are no multiple of {square}",
                help=f"`upscale_factor: {self.upscale_factor}` needs {square} times as many "
                "channels as come out",
            )
        sizes = (height * self.upscale_factor, width * self.upscale_factor)
        return (x.reshaped(*others, channels // square, *sizes),)
