"""`upsample`."""

from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import MissingKey, RankMismatch
from archspec.ops.fields import bounded
from archspec.ops.operation import FreeOperation, Sizes, check_floating, check_rank
from archspec.ops.sizes import OptionalFactors
from archspec.shapes import Require, scaled
from archspec.tensors import Shape, Tensor

Number = TypeVar("Number", int, float)

_RANKS = {
    "nearest": (3, 4, 5),
    "linear": (3,),
    "bilinear": (4,),
    "bicubic": (4,),
    "trilinear": (5,),
}


def _sizes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple([bounded(size, 1) for size in value])
    return value if value is None else bounded(value, 1)


class Upsample(FreeOperation):
    """Resamples the dimensions behind the channels to `size`, or by `scale_factor`."""

    torch: ClassVar = "nn.Upsample"
    example: ClassVar = {"scale_factor": 2}

    size: Annotated[int | tuple[int, ...] | None, BeforeValidator(_sizes)] = None
    scale_factor: OptionalFactors = None
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    @model_validator(mode="after")
    def _takes_one_way(self) -> "Upsample":
        if self.size is not None and self.scale_factor is not None:
            raise PydanticCustomError("out_of_range", "`size` means nothing beside `scale_factor`")
        if self.size is not None and self.recompute_scale_factor:
            raise PydanticCustomError(
                "out_of_range", "`recompute_scale_factor` means nothing beside `size`"
            )
        if self.mode == "nearest" and self.align_corners is not None:
            raise PydanticCustomError("out_of_range", "`align_corners` is not for `mode: nearest`")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C and one to three dimensions more."""
        check_rank(cls, inputs[0], 3, 4, 5)
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `size`, or `floor(n * scale_factor)` for each dimension behind the channels."""
        (x,) = inputs
        if x.rank not in _RANKS[self.mode]:
            raise RankMismatch(
                f"`upsample` with `mode: {self.mode}` takes a tensor of "
                f"{' or '.join(map(str, _RANKS[self.mode]))} dimensions, not of {x.rank}"
            )
        return (x.reshaped(*x.shape[:2], *self._sizes(require, x.shape[2:])),)

    def _sizes(self, require: Require, sizes: Shape) -> Shape:
        if self.size is not None:
            return _for_each("size", self.size, len(sizes))
        if self.scale_factor is None:
            raise MissingKey("`upsample` requires `size` or `scale_factor`")
        factors = _for_each("scale_factor", self.scale_factor, len(sizes))
        pairs = zip(sizes, factors, strict=True)
        return tuple(scaled(require, "upsample", size, factor) for size, factor in pairs)


def _for_each(name: str, value: Number | tuple[Number, ...], count: int) -> tuple[Number, ...]:
    """Give one value for each dimension behind the channels."""
    if not isinstance(value, tuple):
        return (value,) * count
    if len(value) != count:
        raise RankMismatch(
            f"`{name}` has {len(value)} numbers, and its input has {count} dimensions behind the "
            "channels"
        )
    return value
