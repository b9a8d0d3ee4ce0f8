"""`interpolate`."""

from collections.abc import Mapping
from typing import ClassVar, Literal, TypeVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.diagnostics import MissingKey, RankMismatch
from archspec.dimensions import Size
from archspec.ops.functions import FreeFunction
from archspec.ops.operation import Sizes, check_floating, check_rank
from archspec.ops.python_text import keywords
from archspec.ops.sizes import OptionalFactors, OptionalSizes
from archspec.shapes import Require, scaled
from archspec.tensors import Tensor

Mode = Literal["nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"]

Item = TypeVar("Item")

_RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}


class Interpolate(FreeFunction):
    """Makes the dimensions after the channels larger or smaller: to `size`, or `scale_factor`-fold.

    The mode must fit the rank: `linear` is for N×C×L, `bilinear` and `bicubic` for N×C×H×W,
    `trilinear` for N×C×D×H×W, and the others for all of them.
    """

    torch: ClassVar = "nn.functional.interpolate"
    example: ClassVar = {"scale_factor": 2}

    size: OptionalSizes = None
    scale_factor: OptionalFactors = None
    mode: Mode = "nearest"
    align_corners: bool | None = None
    antialias: bool = False

    @model_validator(mode="after")
    def _arguments_fit(self) -> "Interpolate":
        if self.size is not None and self.scale_factor is not None:
            raise PydanticCustomError("out_of_range", "`size` stands beside `scale_factor`")
        if self.align_corners is not None and self.mode not in _RANKS:
            raise PydanticCustomError("out_of_range", "`align_corners` is of the linear modes")
        if self.antialias and self.mode not in ("bilinear", "bicubic"):
            raise PydanticCustomError("out_of_range", "`antialias` is of `bilinear` and `bicubic`")
        return self

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes N×C and one to three dimensions."""
        check_rank(cls, inputs[0], 3, 4, 5)
        check_floating(cls, inputs[0])
        return {}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`size`, or each dimension after the channels times its factor, rounded down."""
        (x,) = inputs
        self._check_mode(x)
        if self.size is not None:
            given: tuple[Size, ...] = self._each(x, self.size)
            return (x.reshaped(*x.shape[:2], *given),)
        if self.scale_factor is None:
            raise MissingKey("`interpolate` requires `size` or `scale_factor`")
        pairs = zip(x.shape[2:], self._each(x, self.scale_factor), strict=True)
        sizes = (scaled(require, self.op(), size, factor) for size, factor in pairs)
        return (x.reshaped(*x.shape[:2], *sizes),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `nn.functional.interpolate(x, scale_factor=2)`."""
        return f"{self.torch}({inputs[0]}{keywords(arguments)})"

    def _check_mode(self, x: Tensor) -> None:
        rank = _RANKS.get(self.mode)
        if rank not in (None, x.rank):
            raise RankMismatch(
                f"`mode: {self.mode}` takes a tensor of {rank} dimensions, not of {x.rank}",
                label=f"reads {x}",
            )

    def _each(self, x: Tensor, given: Item | tuple[Item, ...]) -> tuple[Item, ...]:
        """Give an element for each dimension after the channels."""
        if not isinstance(given, tuple):
            return (given,) * (x.rank - 2)
        if len(given) != x.rank - 2:
            raise RankMismatch(
                f"`interpolate` names {len(given)} dimensions, and {x.rank - 2} come after the "
                "channels",
                label=f"reads {x}",
            )
        return given
