"""`upsample`."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import RankMismatch
from archspec.ops.fields import LARGEST, bounded
from archspec.ops.operation import FreeOperation, Sizes, check_floating, check_rank
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


def _size(value: Any) -> int:
    return bounded(value, 1)


def _factor(value: Any) -> float:
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise PydanticCustomError("float_type", "a number")
    if not 0 < value <= LARGEST:
        raise PydanticCustomError(
            "out_of_range", "a finite number above 0, not {value}", {"value": value}
        )
    return float(value)


def _each(check: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Check one value, or each one of a list."""

    def validate(value: Any) -> Any:
        if isinstance(value, list | tuple):
            return tuple([check(item) for item in value])
        return value if value is None else check(value)

    return validate


UpsampledSize = Annotated[int | tuple[int, ...], BeforeValidator(_each(_size))]
"""A size of at least 1, or one for each dimension behind the channels."""

Factors = Annotated[float | tuple[float, ...], BeforeValidator(_each(_factor))]
"""A finite number above 0, or one for each dimension behind the channels."""


class Upsample(FreeOperation):
    """Resamples the dimensions behind the channels to `size`, or by `scale_factor`."""

    torch: ClassVar = "nn.Upsample"

    size: UpsampledSize | None = None
    scale_factor: Factors | None = None
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    @model_validator(mode="after")
    def _size_or_scale(self) -> "Upsample":
        if (self.size is None) == (self.scale_factor is None):
            raise PydanticCustomError("out_of_range", "`size` or `scale_factor` must be given")
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
        assert self.scale_factor is not None
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
