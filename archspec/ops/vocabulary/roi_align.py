"""`roi_align`."""

from typing import ClassVar

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import equal
from archspec.ops.fields import Finite, Window2d
from archspec.ops.functions import check_one_dtype
from archspec.ops.operation import FreeOperation, Sizes, check_floating, check_rank
from archspec.shapes import Require
from archspec.tensors import Tensor

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
        check_rank(cls, x, 4)
        check_rank(cls, boxes, 2)
        check_floating(cls, x)
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
