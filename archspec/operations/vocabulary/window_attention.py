"""Attention inside windows, as Swin Transformers of both versions have it.

Liu et al., https://arxiv.org/abs/2103.14030 and https://arxiv.org/abs/2111.09883; the numbers,
names and arguments are those of torchvision.
"""

from abc import abstractmethod
from collections.abc import Mapping
from math import prod
from textwrap import indent
from typing import ClassVar

from pydantic import model_validator

from archspec.diagnostics import ShapeMismatch
from archspec.operations.fields import Count, Padding2d, Probability, Window2d, refused
from archspec.operations.operation import ModuleOperation, Sizes
from archspec.sizes import Require, Size, Tensor, dividing, divisible

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

    ranks: ClassVar = (4,)
    takes: ClassVar = "floating"
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
        super().infer(*inputs)
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


_BEGIN = """\
distances = (2 * self.window_size[0] - 1) * (2 * self.window_size[1] - 1)
self.relative_position_bias_table = nn.Parameter(torch.zeros(distances, num_heads))
nn.init.trunc_normal_(self.relative_position_bias_table, std=0.02)
self.register_buffer("relative_position_index", self.positions())
"""

_PARTS = '''\
def projected(self, x: torch.Tensor) -> torch.Tensor:
    """Give query, key and value of each place, by heads."""
    x = self.qkv(x)
    return x.view(*x.shape[:2], 3, self.num_heads, -1)

def scores(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    """Say how well keys fit queries, by what they are and how far they are apart."""
    scaled: torch.Tensor = query * query.shape[-1] ** -0.5
    biases = self.by_distance(self.relative_position_bias_table)
    return scaled @ key.transpose(-2, -1) + biases
'''


class ShiftedWindowAttention(WindowAttention):
    """Lets each place of N×H×W×C attend to those in its window, which may be shifted.

    `softmax(q kᵀ / √E + B) v`, where B is read from a table by the distance. The map is padded to
    whole windows; along a dimension of one window nothing is shifted. As in torchvision's Swin
    Transformer.
    """

    torch: ClassVar = "ShiftedWindowAttention"
    source: ClassVar = written("ShiftedWindowAttention", _BEGIN, _PARTS)

    def own_weights(self) -> Mapping[str, tuple[int, ...]]:
        """Give the table: a number for each distance and head."""
        return {"relative_position_bias_table": (self.distances, self.num_heads)}


_HIDDEN = 512
"""The features between the two layers that make biases of distances."""

_BEGIN_V2 = """\
self.register_buffer("relative_coords_table", self.distances())
self.register_buffer("relative_position_index", self.positions())
self.logit_scale = nn.Parameter(torch.log(10 * torch.ones(num_heads, 1, 1)))
self.cpb_mlp = nn.Sequential(
    nn.Linear(2, 512),
    nn.ReLU(inplace=True),
    nn.Linear(512, num_heads, bias=False),
)
if qkv_bias:
    nn.init.zeros_(self.qkv.bias.data[dim : 2 * dim])
"""

_PARTS_V2 = '''\
def distances(self) -> torch.Tensor:
    """Give each distance, down and right, on a scale of logarithms from -1 to 1."""
    steps = (torch.arange(1 - size, size, dtype=torch.float32) for size in self.window_size)
    table = torch.stack(torch.meshgrid(*steps, indexing="ij"), -1).unsqueeze(0)
    table = table / torch.tensor([size - 1 for size in self.window_size]) * 8
    return table.sign() * torch.log2(table.abs() + 1.0) / 3.0

def projected(self, x: torch.Tensor) -> torch.Tensor:
    """Give query, key and value of each place, by heads; keys have no bias."""
    bias = None
    if self.qkv.bias is not None:
        query, key, value = self.qkv.bias.chunk(3)
        bias = torch.cat((query, torch.zeros_like(key), value))
    x = nn.functional.linear(x, self.qkv.weight, bias)
    return x.view(*x.shape[:2], 3, self.num_heads, -1)

def scores(self, query: torch.Tensor, key: torch.Tensor) -> torch.Tensor:
    """Say how well keys fit queries, by the angle between them and how far they are apart."""
    query, key = nn.functional.normalize(query, dim=-1), nn.functional.normalize(key, dim=-1)
    sharpness = self.logit_scale.clamp(max=4.605170185988092).exp()  # at most 100
    biases = self.by_distance(self.cpb_mlp(self.relative_coords_table).flatten(0, 2))
    return query @ key.transpose(-2, -1) * sharpness + 16 * biases.sigmoid()
'''


class ShiftedWindowAttentionV2(WindowAttention):
    """Lets each place of N×H×W×C attend to those in its window, by the angle between features.

    `softmax(s cos(q, k) + B) v`, where s is learnt for each head and B made from the logarithm of
    the distance by two linear layers. As in torchvision's Swin Transformer V2.
    """

    torch: ClassVar = "ShiftedWindowAttentionV2"
    source: ClassVar = written("ShiftedWindowAttentionV2", _BEGIN_V2, _PARTS_V2)

    @model_validator(mode="after")
    def _has_distances(self) -> "ShiftedWindowAttentionV2":
        if 1 in self.window_size:
            raise refused(
                f"`window_size` must be at least 2 in both dimensions, not {list(self.window_size)}"
            )
        return self

    def own_weights(self) -> Mapping[str, tuple[int, ...]]:
        """Give the sharpness of each head."""
        return {"logit_scale": (self.num_heads, 1, 1)}

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give those of the first version, and the two layers that make biases of distances."""
        return {
            **super().weights(inferred),
            "cpb_mlp.0.weight": (_HIDDEN, 2),
            "cpb_mlp.0.bias": (_HIDDEN,),
            "cpb_mlp.2.weight": (self.num_heads, _HIDDEN),
        }

    def buffers(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """Give the distances themselves, and which of them each two places have."""
        rows, columns = self.window_size
        table = (1, 2 * rows - 1, 2 * columns - 1, 2)
        return {"relative_coords_table": table, **super().buffers(inferred)}

    def macs(self, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> Size:
        """Count also the two layers that make biases of distances, once for a whole batch."""
        biases = self.distances * _HIDDEN * (2 + self.num_heads)
        return super().macs(inputs, outputs) + biases
