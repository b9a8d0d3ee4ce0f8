"""`shifted_window_attention_v2`."""

from collections.abc import Mapping
from typing import ClassVar

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from archspec.dimensions import Size
from archspec.ops.attention_in_windows import WindowAttention, written
from archspec.tensors import Tensor

_HIDDEN = 512
"""The features between the two layers that make biases of distances."""

_BEGIN = """\
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

_PARTS = '''\
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
    source: ClassVar = written("ShiftedWindowAttentionV2", _BEGIN, _PARTS)

    @model_validator(mode="after")
    def _has_distances(self) -> "ShiftedWindowAttentionV2":
        if 1 in self.window_size:
            raise PydanticCustomError(
                "out_of_range",
                "`window_size` must be at least 2 in both dimensions, not {size}",
                {"size": str(list(self.window_size))},
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
