"""`upsample`."""

from typing import Annotated, Any, ClassVar, Literal

from pydantic import BeforeValidator, model_validator

from archspec.ops.fields import bounded
from archspec.ops.operation import FreeOperation, Sizes
from archspec.ops.resampling import check_arguments, resampled, taken
from archspec.ops.sizes import OptionalFactors
from archspec.shapes import Require
from archspec.tensors import Tensor


def _sizes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple([bounded(size, 1) for size in value])
    return value if value is None else bounded(value, 1)


class Upsample(FreeOperation):
    """Resamples the dimensions behind the channels to `size`, or by `scale_factor`."""

    spatial: ClassVar = True
    torch: ClassVar = "nn.Upsample"
    memory: ClassVar = "own"
    example: ClassVar = {"scale_factor": 2, "mode": "bilinear"}

    size: Annotated[int | tuple[int, ...] | None, BeforeValidator(_sizes)] = None
    scale_factor: OptionalFactors = None
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    @model_validator(mode="after")
    def _takes_one_way(self) -> "Upsample":
        corners, recomputed = self.align_corners, self.recompute_scale_factor
        check_arguments(self.mode, self.size, self.scale_factor, corners, recomputed)
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C and one to three dimensions more."""
        return taken(cls, inputs[0])

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `size`, or `floor(n * scale_factor)` for each dimension behind the channels."""
        given = (self.mode, self.size, self.scale_factor)
        return (resampled(require, self, inputs[0], *given),)
