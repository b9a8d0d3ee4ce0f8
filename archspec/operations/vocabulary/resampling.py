"""Maps of another size, or read at places that are numbers: `interpolate`, `grid_sample`."""

from collections.abc import Mapping
from typing import Annotated, Any, ClassVar, Literal, Self, TypeVar

from pydantic import BeforeValidator, model_validator

from archspec.diagnostics import Entry, MissingKey, RankMismatch, Remedy, ShapeMismatch
from archspec.operations.call_text import keywords, unpacked
from archspec.operations.checks import check_one_dtype
from archspec.operations.fields import (
    Finite,
    FullShape,
    OptionalFactors,
    OptionalSizes,
    Window2d,
    bounded,
    refused,
)
from archspec.operations.operation import (
    FreeFunction,
    FreeOperation,
    FunctionOperation,
    Operation,
    Sizes,
    check_no_half,
    check_rank,
)
from archspec.sizes import Require, Shape, Size, Tensor, equal, scaled, symbol

Item = TypeVar("Item")

_RANKS = {"linear": 3, "bilinear": 4, "bicubic": 4, "trilinear": 5}
"""For how many dimensions a mode is; the others are for all of them."""


class Resampling(Operation):
    """Makes the dimensions behind the channels larger or smaller: to `size`, or `scale_factor`."""

    spatial: ClassVar = True
    memory: ClassVar = "own"
    ranks: ClassVar = (3, 4, 5)
    takes: ClassVar = "floating"

    size: OptionalSizes = None
    scale_factor: OptionalFactors = None
    mode: str = "nearest"
    align_corners: bool | None = None
    recompute_scale_factor: bool | None = None

    @model_validator(mode="after")
    def _takes_one_way(self) -> Self:
        if self.size is not None and self.scale_factor is not None:
            raise refused("`size` means nothing beside `scale_factor`")
        if self.size is not None and self.recompute_scale_factor:
            raise refused("`recompute_scale_factor` means nothing beside `size`")
        if self.align_corners is not None and self.mode not in _RANKS:
            raise refused(
                f"`align_corners` is of the linear modes and `bicubic`, not of `mode: {self.mode}`"
            )
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `size`, or `floor(n * scale_factor)` for each dimension behind the channels."""
        (x,) = inputs
        self._check_mode(x)
        return (x.reshaped(*x.shape[:2], *self._sizes(require, x.shape[2:])),)

    def _check_mode(self, x: Tensor) -> None:
        rank = _RANKS.get(self.mode)
        if rank in (None, x.rank):
            return
        fitting = {3: "linear", 4: "bilinear", 5: "trilinear"}[x.rank]
        raise RankMismatch(
            f"`{self.op()}` with `mode: {self.mode}` takes a tensor of {rank} dimensions, not of "
            f"{x.rank}",
            help=Remedy(
                f"for {x.rank} dimensions there is `mode: {fitting}`", Entry("mode", fitting)
            ),
        )

    def _sizes(self, require: Require, sizes: Shape) -> Shape:
        if self.size is not None:
            return _for_each("size", self.size, len(sizes))
        if self.scale_factor is None:
            raise MissingKey(
                f"`{self.op()}` requires `size` or `scale_factor`",
                help=Remedy(
                    "`scale_factor: 2` makes it twice as large, `size` as large as is said",
                    Entry("scale_factor", "2"),
                ),
            )
        factors = _for_each("scale_factor", self.scale_factor, len(sizes))
        pairs = zip(sizes, factors, strict=True)
        return tuple(scaled(require, self.op(), *pair) for pair in pairs)


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


class Upsample(Resampling, FreeOperation):
    """Resamples the dimensions behind the channels to `size`, or by `scale_factor`."""

    torch: ClassVar = "nn.Upsample"
    example: ClassVar = {"scale_factor": 2, "mode": "bilinear"}

    size: Annotated[int | tuple[int, ...] | None, BeforeValidator(_bounded_sizes)] = None
    mode: Literal["nearest", "linear", "bilinear", "bicubic", "trilinear"] = "nearest"


class Interpolate(Resampling, FreeFunction):
    """Makes the dimensions after the channels larger or smaller: to `size`, or `scale_factor`-fold.

    The mode must fit the rank: `linear` is for N×C×L, `bilinear` and `bicubic` for N×C×H×W,
    `trilinear` for N×C×D×H×W, and the others for all of them. The size of another layer is
    `size: x.shape[2:]`.
    """

    torch: ClassVar = "nn.functional.interpolate"
    example: ClassVar = {"scale_factor": 2}

    mode: Literal[
        "nearest", "linear", "bilinear", "bicubic", "trilinear", "area", "nearest-exact"
    ] = "nearest"
    antialias: bool = False

    @model_validator(mode="after")
    def _smooths_pixels(self) -> Self:
        if self.antialias and self.mode not in ("bilinear", "bicubic"):
            raise refused("`antialias` is of `bilinear` and `bicubic`")
        return self

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """N×C×`size`, or each dimension after the channels times its factor, rounded down."""
        if self.antialias:
            check_no_half(type(self), inputs[0], " with `antialias: true`")
        return super().outputs(require, *inputs)


class AffineGrid(FunctionOperation):
    """Makes the grid that `grid_sample` reads: for each place that comes out, where it comes from.

    Its input is an affine map for each sample, N×2×3 for images or N×3×4 for volumes. `size` is
    the whole shape that `grid_sample` will give; that of another layer is `size: x.shape`.
    """

    torch: ClassVar = "nn.functional.affine_grid"
    ranks: ClassVar = (3,)
    takes: ClassVar = "floating"
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
        super().infer(*inputs)
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


class GridSample(FreeFunction):
    """Reads its first input, N×C×H×W or N×C×D×H×W, at the places that its second one names.

    The grid is N×H'×W'×2 or N×D'×H'×W'×3. It holds a place for each that comes out: x, y (and z)
    from -1 to 1, between which the input lies. `affine_grid` makes one.
    """

    torch: ClassVar = "nn.functional.grid_sample"
    ranks: ClassVar = (4, 5)
    takes: ClassVar = "floating"
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
        super().infer(x)
        check_rank(cls, grid, x.rank)
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
        # without `align_corners` PyTorch warns that its default was another once
        written = {**arguments, "align_corners": arguments.get("align_corners", "False")}
        return f"{self.torch}({', '.join(inputs)}{keywords(written)})"


_SOURCE = '''class RoIAlign(nn.Module):
    """Samples each box of an image at the places of a grid, and gives the means in its bins.

    Its arguments and results are those of `torchvision.ops.RoIAlign`.
    """

    def __init__(
        self,
        output_size: int | tuple[int, int],
        spatial_scale: float = 1.0,
        sampling_ratio: int = -1,
        aligned: bool = False,
    ) -> None:
        super().__init__()
        self.output_size = (output_size,) * 2 if isinstance(output_size, int) else output_size
        self.spatial_scale = spatial_scale
        self.sampling_ratio = sampling_ratio
        self.aligned = aligned

    def forward(self, input: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
        if self.sampling_ratio > 0:
            return self.pooled(input, boxes)
        # each box has a grid of its own
        return torch.cat([self.pooled(input, box) for box in torch.split(boxes, 1)])

    def pooled(self, input: torch.Tensor, boxes: torch.Tensor) -> torch.Tensor:
        """Pool boxes that have grids of one size."""
        image = boxes[:, 0].long()[:, None, None]
        pixels = input.permute(0, 2, 3, 1)
        x, y = (boxes[:, [place, place + 2]] * self.spatial_scale for place in (1, 2))
        total = pixels.new_zeros(())
        for row, down in self.neighbours(y, self.output_size[0], input.shape[2]):
            for column, right in self.neighbours(x, self.output_size[1], input.shape[3]):
                weight = down[:, :, None] * right[:, None]
                total = total + pixels[image, row[:, :, None], column[:, None]] * weight[..., None]
        for dim, bins in ((2, self.output_size[1]), (1, self.output_size[0])):
            total = torch.unflatten(total, dim, (bins, -1))
        return total.sum((2, 4)).permute(0, 3, 1, 2)

    def neighbours(
        self, ends: torch.Tensor, bins: int, size: int
    ) -> tuple[tuple[torch.Tensor, torch.Tensor], ...]:
        """Give the two pixels around each place along one dimension, and how much each counts."""
        start, end = (ends - 0.5 if self.aligned else ends).unbind(1)
        extent = end - start if self.aligned else (end - start).clamp(min=1)
        count = self.sampling_ratio
        if count <= 0:
            count = max([1, *(extent / bins).ceil().int().tolist()])
        steps = torch.arange(bins * count, dtype=ends.dtype, device=ends.device) + 0.5
        place = start[:, None] + steps * (extent / (bins * count))[:, None]
        inside = ((place >= -1) & (place <= size)).to(ends.dtype) / count
        place = place.clamp(0, size - 1)
        low = place.floor()
        high = (low + 1).clamp(max=size - 1)
        share = place - low
        return (low.long(), (1 - share) * inside), (high.long(), share * inside)

    def extra_repr(self) -> str:
        return f"{self.output_size}, {self.spatial_scale}, {self.sampling_ratio}, {self.aligned}"
'''


class RoiAlign(FreeOperation):
    """Pools each box of its second input, K×5, to maps of one size: K×C×H'×W'.

    A box is the number of its sample in N×C×H×W, counted from 0, and x1, y1, x2 and y2. Each bin
    is the mean of what is sampled in it, as in torchvision (He et al.,
    https://arxiv.org/abs/1703.06870).
    """

    torch: ClassVar = "RoIAlign"
    ranks: ClassVar = (4,)
    takes: ClassVar = "floating"
    source: ClassVar = _SOURCE
    arity: ClassVar = (2, 2)
    naming: ClassVar = (1,)
    spatial: ClassVar = True
    example: ClassVar = {"output_size": 7, "spatial_scale": 0.25, "sampling_ratio": 2}
    example_inputs: ClassVar = (((8, 32, 32), "float32"), ((5,), "float32"))
    arguments: ClassVar = {
        "aligned": "Whether boxes are shifted by half a pixel, so that they lie on the pixels.",
        "output_size": "The height and width of what comes out for each box, in bins.",
        "sampling_ratio": "How many rows and columns of a bin are sampled; below 1, each pixel.",
        "spatial_scale": "What the boxes are multiplied with, to be in pixels of the input.",
    }

    output_size: Window2d
    spatial_scale: Finite = 1.0
    sampling_ratio: int = -1
    aligned: bool = False

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes maps, and boxes of as exact numbers."""
        x, boxes = inputs
        super().infer(x)
        check_rank(cls, boxes, 2)
        return {}

    def batch_dim(self, index: int) -> int | None:
        """Give none: the first dimension is that of the boxes, which name their samples."""
        return None

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give K×C×`output_size`, K the number of boxes."""
        x, boxes = inputs
        check_one_dtype(self, inputs)
        if not require(equal(boxes.features, 5)):
            raise ShapeMismatch(
                f"a box of `roi_align` is 5 numbers, not {boxes.features}",
                notes=("they are the number of its sample, x1, y1, x2 and y2",),
            )
        return (x.reshaped(boxes.batch, x.channels, *self.output_size),)
