"""`affine_grid`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch, ShapeMismatch
from archspec.dimensions import Size, equal, symbol
from archspec.ops.operation import (
    FunctionOperation,
    Sizes,
    check_floating,
    check_no_half,
    check_rank,
)
from archspec.ops.python_text import unpacked
from archspec.ops.sizes import FullShape
from archspec.shapes import Require
from archspec.tensors import Tensor


class AffineGrid(FunctionOperation):
    """Makes the grid that `grid_sample` reads: for each place that comes out, where it comes from.

    Its input is an affine map for each sample, N×2×3 for images or N×3×4 for volumes. `size` is
    the whole shape that `grid_sample` will give; that of another layer is `size: x.shape`.
    """

    torch: ClassVar = "nn.functional.affine_grid"
    example: ClassVar = {"size": (symbol("N"), 1, 28, 28)}
    example_inputs: ClassVar = (((2, 3), "float32"),)
    arguments: ClassVar = {
        "align_corners": "Whether -1 and 1 are the middles of the outer pixels, not their borders.",
        "size": "The shape N×C×H×W or N×C×D×H×W of what will be sampled; C is not looked at.",
    }

    size: FullShape
    align_corners: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes a matrix for each sample."""
        check_rank(cls, inputs[0], 3)
        check_floating(cls, inputs[0])
        check_no_half(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×H×W×2 or N×D×H×W×3."""
        (theta,) = inputs
        dimensions = len(self.size) - 2
        if dimensions not in (2, 3):
            raise RankMismatch(
                f"`size` of `affine_grid` has 4 sizes or 5, N×C×H×W or N×C×D×H×W, not "
                f"{len(self.size)}"
            )
        wanted = (self.size[0], dimensions, dimensions + 1)
        if not all(require(equal(*pair)) for pair in zip(theta.shape, wanted, strict=True)):
            raise ShapeMismatch(
                f"`affine_grid` of {len(self.size)} sizes takes {theta.reshaped(*wanted)}, not "
                f"{theta}",
                notes=("an affine map is 2×3 for images and 3×4 for volumes, one for each sample",),
            )
        return (theta.reshaped(self.size[0], *self.size[2:], dimensions),)

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Each place is multiplied with its matrix, as `(x, y, 1)` or `(x, y, z, 1)`."""
        return outputs[0].elements * (len(self.size) - 1)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.affine_grid(theta, [*x.shape], align_corners=False)`."""
        corners = arguments.get("align_corners", "False")
        size = unpacked(arguments["size"])
        return f"{self.torch}({inputs[0]}, [{size}], align_corners={corners})"
