"""`shifted_window_attention`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.ops.attention_in_windows import WindowAttention, written

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
