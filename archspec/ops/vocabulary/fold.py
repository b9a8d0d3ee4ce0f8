"""`fold`."""

from collections.abc import Mapping
from math import prod
from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import ChannelMismatch, ShapeMismatch
from archspec.dimensions import Size, divisible, equal
from archspec.ops.fields import Padding2d, Window2d
from archspec.ops.folding import blocks, check_dtype
from archspec.ops.functions import FreeFunction
from archspec.ops.operation import Sizes, check_rank
from archspec.ops.python_text import keywords
from archspec.ops.sizes import FreeSizeOrSizes
from archspec.shapes import Require
from archspec.tensors import Tensor


class Fold(FreeFunction):
    """Puts columns N×C·k·k×L together to an image N×C×H×W; where windows overlap, they are added.

    `unfold` with the same windows makes such columns of the image.
    """

    torch: ClassVar = "nn.functional.fold"
    example: ClassVar = {"output_size": 8, "kernel_size": 2, "stride": 2}
    example_inputs: ClassVar = (((64, 16), "float32"),)
    arguments: ClassVar = {"output_size": "Height and width of the image, or one number for both."}

    output_size: FreeSizeOrSizes
    kernel_size: Window2d
    dilation: Window2d = (1, 1)
    padding: Padding2d = (0, 0)
    stride: Window2d = (1, 1)

    @model_validator(mode="after")
    def _is_of_an_image(self) -> "Fold":
        if isinstance(self.output_size, tuple) and len(self.output_size) != 2:
            raise PydanticCustomError(
                "out_of_range", "`output_size` is a size, or a list of height and width"
            )
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C·k·k×L."""
        check_rank(cls, inputs[0], 3)
        check_dtype(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`output_size`, where L must be as many windows as there are in that."""
        (x,) = inputs
        _, rows, columns = x.shape
        places = prod(self.kernel_size)
        if not require(divisible(rows, places)):
            raise ChannelMismatch(
                f"`fold` takes {places} numbers for each channel of a window, and {rows} are no "
                f"multiple of {places}"
            )
        sizes = self._sizes()
        count = blocks(require, sizes, self.kernel_size, self.stride, self.padding, self.dilation)
        if not require(equal(columns, count)):
            raise ShapeMismatch(
                f"`fold` needs {count} windows for {sizes[0]}×{sizes[1]}, and its input has "
                f"{columns}",
                help="its arguments are those of the `unfold` that made the columns",
            )
        return (x.reshaped(x.batch, rows // places, *sizes),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.fold(x, (8, 8), (2, 2), stride=(2, 2))`."""
        required = f"{arguments['output_size']}, {arguments['kernel_size']}"
        named = keywords(arguments, "output_size", "kernel_size")
        return f"{self.torch}({inputs[0]}, {required}{named})"

    def _sizes(self) -> tuple[Size, Size]:
        if isinstance(self.output_size, tuple):
            height, width = self.output_size
            return height, width
        return self.output_size, self.output_size
