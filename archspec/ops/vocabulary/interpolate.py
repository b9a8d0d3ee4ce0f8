"""`interpolate`."""

from collections.abc import Mapping
from typing import ClassVar, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.ops.functions import FreeFunction
from archspec.ops.operation import Sizes, check_no_half
from archspec.ops.python_text import keywords
from archspec.ops.resampling import check_arguments, resampled, taken
from archspec.ops.sizes import OptionalFactors, OptionalSizes
from archspec.shapes import Require
from archspec.tensors import Tensor

Mode = Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"]


class Interpolate(FreeFunction):
    """Makes the dimensions after the channels larger or smaller: to `size`, or `scale_factor`-fold.

    The mode must fit the rank: `linear` is for N×C×L, `bilinear` and `bicubic` for N×C×H×W,
    `trilinear` for N×C×D×H×W, and the others for all of them. The size of another layer is
    `size: x.shape[2:]`.
    """

    spatial: ClassVar = True
    torch: ClassVar = "nn.functional.interpolate"
    memory: ClassVar = "own"
    example: ClassVar = {"scale_factor": 2}

    size: OptionalSizes = None
    scale_factor: OptionalFactors = None
    mode: Mode = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None
    antialias: bool = False

    @model_validator(mode="after")
    def _arguments_fit(self) -> "Interpolate":
        corners, recomputed = self.align_corners, self.recompute_scale_factor
        check_arguments(self.mode, self.size, self.scale_factor, corners, recomputed)
        if self.antialias and self.mode not in ("bilinear", "bicubic"):
            raise PydanticCustomError("out_of_range", "`antialias` is of `bilinear` and `bicubic`")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C and one to three dimensions."""
        return taken(cls, inputs[0])

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`size`, or each dimension after the channels times its factor, rounded down."""
        if self.antialias:
            check_no_half(type(self), inputs[0], " with `antialias: true`")
        given = (self.mode, self.size, self.scale_factor)
        return (resampled(require, self, inputs[0], *given),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.interpolate(x, scale_factor=2)`."""
        return f"{self.torch}({inputs[0]}{keywords(arguments)})"
