"""`grid_sample`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from archspec.diagnostics import RankMismatch, ShapeMismatch
from archspec.dimensions import equal
from archspec.ops.functions import FreeFunction, check_one_dtype
from archspec.ops.operation import Sizes, check_floating, check_rank
from archspec.ops.python_text import keywords
from archspec.shapes import Require
from archspec.tensors import Tensor


class GridSample(FreeFunction):
    """Reads its first input, N×C×H×W or N×C×D×H×W, at the places that its second one names.

    The grid is N×H'×W'×2 or N×D'×H'×W'×3. It holds a place for each that comes out: x, y (and z)
    from -1 to 1, between which the input lies. `affine_grid` makes one.
    """

    torch: ClassVar = "nn.functional.grid_sample"
    arity: ClassVar = (2, 2)
    spatial: ClassVar = True
    example_inputs: ClassVar = (((8, 32, 32), "float32"), ((16, 16, 2), "float32"))
    arguments: ClassVar = {
        "align_corners": "Whether -1 and 1 are the middles of the outer pixels, not their borders.",
        "mode": "How numbers are found between the pixels; `bicubic` is for N×C×H×W.",
        "padding_mode": "What lies outside: zeros, the pixels at the border, or a reflection.",
    }

    mode: Literal["bilinear", "nearest", "bicubic"] = "bilinear"
    padding_mode: Literal["zeros", "border", "reflection"] = "zeros"
    align_corners: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes images or volumes, and a grid of as many dimensions."""
        x, grid = inputs
        check_rank(cls, x, 4, 5)
        check_rank(cls, grid, x.rank)
        check_floating(cls, x)
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C, and behind them the dimensions of the grid without its first and last."""
        x, grid = inputs
        check_one_dtype(self, inputs)
        if self.mode == "bicubic" and x.rank == 5:
            raise RankMismatch(
                "`grid_sample` with `mode: bicubic` takes a tensor of 4 dimensions, not of 5"
            )
        if not require(equal(x.batch, grid.batch)):
            raise ShapeMismatch(
                f"`grid_sample` takes a grid for each sample: {grid.batch} are not {x.batch}"
            )
        if not require(equal(grid.features, x.rank - 2)):
            raise ShapeMismatch(
                f"each place in the grid of `grid_sample` is {x.rank - 2} numbers here, not "
                f"{grid.features}",
                notes=("the grid is N×H×W×2 for N×C×H×W, and N×D×H×W×3 for N×C×D×H×W",),
            )
        return (x.reshaped(*x.shape[:2], *grid.shape[1:-1]),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.grid_sample(x, grid, align_corners=False)`."""
        return f"{self.torch}({', '.join(inputs)}{keywords({**arguments, **_said(arguments)})})"


def _said(arguments: Mapping[str, str]) -> Mapping[str, str]:
    """Give what is always written: without it PyTorch warns that its default was another once."""
    return {"align_corners": arguments.get("align_corners", "False")}
