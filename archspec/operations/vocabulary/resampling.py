"""What `upsample` and `interpolate` share: modes and ranks, and the sizes that come out."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, TypeVar

from pydantic import BeforeValidator, model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import Entry, MissingKey, RankMismatch, Remedy
from archspec.operations.fields import OptionalFactors, OptionalSizes, bounded
from archspec.operations.functional import FreeFunction, keywords
from archspec.operations.operation import (
    FreeOperation,
    Operation,
    Sizes,
    check_floating,
    check_no_half,
    check_rank,
)
from archspec.sizes import Require, Shape, Size, Tensor, scaled

Item = TypeVar("Item")

_RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
"""For how many dimensions a mode is; the others are for all of them."""


def check_arguments(
    mode: str,
    size: object,
    scale_factor: object,
    align_corners: bool | None,
    recompute_scale_factor: bool | None,
) -> None:
    """Refuse arguments that mean nothing beside each other, as PyTorch does."""
    if size is not None and scale_factor is not None:
        raise PydanticCustomError("out_of_range", "`size` means nothing beside `scale_factor`")
    if size is not None and recompute_scale_factor:
        raise PydanticCustomError(
            "out_of_range", "`recompute_scale_factor` means nothing beside `size`"
        )
    if align_corners is not None and mode not in _RANKS:
        raise PydanticCustomError(
            "out_of_range",
            "`align_corners` is of the linear modes and `bicubic`, not of `mode: {mode}`",
            {"mode": mode},
        )


def taken(operation: type[Operation], x: Tensor) -> Sizes:
    """Hold that the input is N×C and one to three dimensions more, of floating-point numbers."""
    check_rank(operation, x, 3, 4, 5)
    check_floating(operation, x)
    return {}


def resampled(
    require: Require,
    operation: Operation,
    x: Tensor,
    mode: str,
    size: Size | tuple[Size, ...] | None,
    scale_factor: float | tuple[float, ...] | None,
) -> Tensor:
    """Give what comes out: `size`, or `floor(n * scale_factor)`, behind the channels."""
    _check_mode(operation, x, mode)
    return x.reshaped(*x.shape[:2], *_sizes(require, operation, x.shape[2:], size, scale_factor))


def _sizes(
    require: Require,
    operation: Operation,
    sizes: Shape,
    size: Size | tuple[Size, ...] | None,
    scale_factor: float | tuple[float, ...] | None,
) -> Shape:
    if size is not None:
        return _for_each("size", size, len(sizes))
    if scale_factor is None:
        raise MissingKey(
            f"`{operation.op()}` requires `size` or `scale_factor`",
            help=Remedy(
                "`scale_factor: 2` makes it twice as large, `size` as large as is said",
                Entry("scale_factor", "2"),
            ),
        )
    pairs = zip(sizes, _for_each("scale_factor", scale_factor, len(sizes)), strict=True)
    return tuple(scaled(require, operation.op(), *pair) for pair in pairs)


def _check_mode(operation: Operation, x: Tensor, mode: str) -> None:
    rank = _RANKS.get(mode)
    if rank in (None, x.rank):
        return
    fitting = {3: "linear", 4: "bilinear", 5: "trilinear"}[x.rank]
    raise RankMismatch(
        f"`{operation.op()}` with `mode: {mode}` takes a tensor of {rank} dimensions, not of "
        f"{x.rank}",
        help=Remedy(f"for {x.rank} dimensions there is `mode: {fitting}`", Entry("mode", fitting)),
    )


def _for_each(name: str, value: Item | tuple[Item, ...], count: int) -> tuple[Item, ...]:
    """Give one value for each dimension behind the channels."""
    if not isinstance(value, tuple):
        return (value,) * count
    if len(value) == count:
        return value
    raise RankMismatch(
        f"`{name}` has {len(value)} numbers, and its input has {count} dimensions behind the "
        "channels"
    )


def _bounded_sizes(value: Any) -> Any:
    if isinstance(value, list | tuple):
        return tuple([bounded(size, 1) for size in value])
    return value if value is None else bounded(value, 1)


class Upsample(FreeOperation):
    """Resamples the dimensions behind the channels to `size`, or by `scale_factor`."""

    spatial: ClassVar = True
    torch: ClassVar = "nn.Upsample"
    memory: ClassVar = "own"
    example: ClassVar = {"scale_factor": 2, "mode": "bilinear"}

    size: Annotated[int | tuple[int, ...] | None, BeforeValidator(_bounded_sizes)] = None
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
