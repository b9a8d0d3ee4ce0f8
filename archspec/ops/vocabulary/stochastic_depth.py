"""`stochastic_depth`."""

from typing import ClassVar, Literal

from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import Probability

_SOURCE = '''class StochasticDepth(nn.Module):
    """Sets whole samples to 0 in training with probability `p`, and scales the others.

    With the mode `row` each sample is drawn for itself, with `batch` all are drawn at once.
    """

    def __init__(self, p: float, mode: str) -> None:
        super().__init__()
        self.p = p
        self.mode = mode

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        if not self.training or self.p == 0:
            return input
        drawn = input.shape[0] if self.mode == "row" else 1
        kept = input.new_empty((drawn, *[1] * (input.ndim - 1))).bernoulli_(1 - self.p)
        if self.p < 1:
            kept.div_(1 - self.p)
        return input * kept

    def extra_repr(self) -> str:
        return f"p={self.p}, mode={self.mode}"
'''


class StochasticDepth(FloatingOperation):
    """Sets whole samples to 0 with probability `p` in training, and scales the others.

    As in torchvision: `row` draws for each sample, `batch` once for all of them.
    """

    torch: ClassVar = "StochasticDepth"
    memory: ClassVar = "input"
    source: ClassVar = _SOURCE
    passes_on: ClassVar = True

    p: Probability
    mode: Literal["batch", "row"]
