"""Attention inside windows, as Swin Transformers of both versions have it.

Liu et al., https://arxiv.org/abs/2103.14030 and https://arxiv.org/abs/2111.09883; the numbers,
names and arguments are those of torchvision.
"""

from abc import abstractmethod
from collections.abc import Mapping
from math import prod
from textwrap import indent
from typing import ClassVar

from archspec.diagnostics import ShapeMismatch
from archspec.dimensions import Size, divisible
from archspec.ops.fields import Count, Padding2d, Probability, Window2d
from archspec.ops.operation import ModuleOperation, Sizes, check_floating, check_rank
from archspec.shapes import Require, dividing
from archspec.tensors import Tensor

_CLASS = '''class {name}(nn.Module):
    """Lets each place of N×H×W×C attend to those in its window; the windows may be shifted."""

    relative_position_index: torch.Tensor

    def __init__(
        self,
        dim: int,
        window_size: int | tuple[int, int],
        shift_size: int | tuple[int, int],
        num_heads: int,
        qkv_bias: bool = True,
        proj_bias: bool = True,
        attention_dropout: float = 0.0,
        dropout: float = 0.0,
    ) -> None:
        super().__init__()
        self.window_size = (window_size,) * 2 if isinstance(window_size, int) else window_size
        self.shift_size = (shift_size,) * 2 if isinstance(shift_size, int) else shift_size
        self.num_heads = num_heads
        self.attention_dropout = attention_dropout
        self.dropout = dropout
        self.qkv = nn.Linear(dim, 3 * dim, bias=qkv_bias)
        self.proj = nn.Linear(dim, dim, bias=proj_bias)
{begin}
    def forward(self, input: torch.Tensor) -> torch.Tensor:
        batch, height, width, dim = input.shape
        rows, columns = self.window_size
        x = nn.functional.pad(input, (0, 0, 0, -width % columns, 0, -height % rows))
        windows = (x.shape[1] // rows, x.shape[2] // columns)
        # a shift of a single window would move nothing out of it
        pairs = zip(self.shift_size, windows, strict=True)
        down, right = (shift if count > 1 else 0 for shift, count in pairs)
        x = x.roll((-down, -right), (1, 2))
        x = x.view(batch, windows[0], rows, windows[1], columns, dim)
        x = x.transpose(2, 3).reshape(-1, rows * columns, dim)
        query, key, value = self.projected(x).permute(2, 0, 3, 1, 4)
        scores = self.scores(query, key)
        if down or right:
            mask = self.mask(scores, windows, (down, right))
            scores = (scores.view(batch, -1, *scores.shape[1:]) + mask).flatten(0, 1)
        shares = nn.functional.dropout(scores.softmax(-1), self.attention_dropout, self.training)
        x = (shares @ value).transpose(1, 2).flatten(2)
        x = nn.functional.dropout(self.proj(x), self.dropout, self.training)
        x = x.view(batch, *windows, rows, columns, dim).transpose(2, 3)
        x = x.reshape(batch, windows[0] * rows, windows[1] * columns, dim)
        return x.roll((down, right), (1, 2))[:, :height, :width].contiguous()

{parts}
    def mask(
        self, scores: torch.Tensor, windows: tuple[int, int], shifts: tuple[int, int]
    ) -> torch.Tensor:
        """Keep apart in each window what the shift brought together."""
        regions = torch.zeros(1, 1, dtype=torch.int64, device=scores.device)
        each = zip(self.window_size, windows, shifts, strict=True)
        for axis, (size, count, shift) in enumerate(each):
            places = torch.arange(size * count, device=scores.device)
            last = places >= size * (count - 1)
            region = torch.where(places >= size * count - shift, 2, last.long())
            regions = 3 * regions + region.unsqueeze(1 - axis)
        (rows, columns), (down, across) = self.window_size, windows
        regions = regions.view(down, rows, across, columns).transpose(1, 2)
        regions = regions.reshape(-1, rows * columns)
        apart = regions.unsqueeze(1) != regions.unsqueeze(2)
        mask = scores.new_zeros(apart.shape).masked_fill(apart, -100.0)
        return mask.unsqueeze(1)

    def positions(self) -> torch.Tensor:
        """Number the distances between any two places of a window."""
        rows, columns = self.window_size
        down = torch.arange(rows).repeat_interleave(columns)
        right = torch.arange(columns).repeat(rows)
        down = down.unsqueeze(1) - down + rows - 1
        right = right.unsqueeze(1) - right + columns - 1
        return (down * (2 * columns - 1) + right).flatten()

    def by_distance(self, biases: torch.Tensor) -> torch.Tensor:
        """Give what is added to the score of any two places, for each head."""
        places = self.window_size[0] * self.window_size[1]
        return biases[self.relative_position_index].view(places, places, -1).permute(2, 0, 1)
'''


def written(name: str, begin: str, parts: str) -> str:
    """Write a class: `begin` ends the constructor, `parts` are methods `projected` and `scores`."""
    return _CLASS.format(name=name, begin=indent(begin, " " * 8), parts=indent(parts, " " * 4))


class WindowAttention(ModuleOperation):
    """Attention between the places of each window of N×H×W×C."""

    inferred: ClassVar = ("dim",)
    weighted: ClassVar = True
    arguments: ClassVar = {
        "attention_dropout": "The probability that a weight of the attention is dropped.",
        "dropout": "The probability that a number that comes out is dropped in training.",
        "proj_bias": "Whether the projection that comes last has a bias.",
        "qkv_bias": "Whether the projection to queries, keys and values has a bias.",
        "shift_size": "How far the windows are shifted: one number, or one for each dimension.",
        "window_size": "The size of the windows: one number, or one for each dimension.",
    }
    example: ClassVar = {"window_size": 4, "shift_size": 2, "num_heads": 4}
    example_inputs: ClassVar = (((16, 16, 32), "float32"),)

    window_size: Window2d
    shift_size: Padding2d
    num_heads: Count
    qkv_bias: bool = True
    proj_bias: bool = True
    attention_dropout: Probability = 0.0
    dropout: Probability = 0.0

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`dim` is the last dimension of N×H×W×C."""
        check_rank(cls, inputs[0], 4)
        check_floating(cls, inputs[0])
        return {"dim": inputs[0].features}

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give the input's own shape."""
        (x,) = inputs
        if not require(divisible(x.features, self.num_heads)):
            raise ShapeMismatch(
                f"`{self.op()}` cannot split {x.features} features evenly into "
                f"`num_heads: {self.num_heads}`",
                help=dividing("num_heads", x.features, f"for {x.features} features"),
            )
        return inputs

    @abstractmethod
    def own_weights(self) -> Mapping[str, tuple[int, ...]]:
        """Give the weights that belong to none of its parts."""

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give its own, then a matrix to queries, keys and values, and one that comes last."""
        dim = inferred["dim"]
        return {
            **self.own_weights(),
            "qkv.weight": (3 * dim, dim),
            **({"qkv.bias": (3 * dim,)} if self.qkv_bias else {}),
            "proj.weight": (dim, dim),
            **({"proj.bias": (dim,)} if self.proj_bias else {}),
        }

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Which of the distances each two places of a window have."""
        return {"relative_position_index": (self.places**2,)}

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count four projections of each place, and both products with the places of its window.

        The places are those of the map when it is padded to whole windows.
        """
        x = inputs[0]
        sizes = zip(x.shape[1:3], self.window_size, strict=True)
        rows, columns = ((size + window - 1) // window * window for size, window in sizes)
        dim = x.features
        return x.batch * rows * columns * dim * (4 * dim + 2 * self.places)

    @property
    def places(self) -> int:
        """How many places a window has."""
        return prod(self.window_size)

    @property
    def distances(self) -> int:
        """How many distances there are between two places of a window."""
        return prod(2 * size - 1 for size in self.window_size)
