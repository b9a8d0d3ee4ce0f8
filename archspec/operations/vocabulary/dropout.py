"""What drops at random in training, and passes on what it receives in evaluation."""

from typing import ClassVar, Literal

from archspec.operations.fields import Probability
from archspec.operations.operation import FloatingOperation


class Dropping(FloatingOperation):
    """Drops with probability `p` in training.

    PyTorch's classes that drop whole channels take any number of dimensions in evaluation, some
    of them with a warning: here they are held to those that their names say.
    """

    memory: ClassVar = "input"
    passes_on: ClassVar = True

    p: Probability = 0.5
    inplace: bool = False

    def shifts_variance(self) -> bool:
        """Say whether anything is dropped."""
        return self.p > 0


class _Alpha(Dropping):
    """Drops so that mean and variance stay as they were."""

    def shifts_variance(self) -> bool:
        """Say no: that is what it is for."""
        return False


class Dropout(Dropping):
    """Sets numbers to 0 with probability `p` in training, and scales the others by `1/(1-p)`."""

    torch: ClassVar = "nn.Dropout"


class Dropout1d(Dropping):
    """Sets whole channels of N×C×L to 0 with probability `p` in training.

    The others are scaled by `1/(1-p)`.
    """

    torch: ClassVar = "nn.Dropout1d"
    ranks: ClassVar = (3,)


class Dropout2d(Dropping):
    """Sets whole channels of N×C×H×W to 0 with probability `p` in training.

    The others are scaled by `1/(1-p)`.
    """

    torch: ClassVar = "nn.Dropout2d"
    ranks: ClassVar = (4,)


class Dropout3d(Dropping):
    """Sets whole channels of N×C×D×H×W to 0 with probability `p` in training.

    The others are scaled by `1/(1-p)`.
    """

    torch: ClassVar = "nn.Dropout3d"
    ranks: ClassVar = (5,)


class AlphaDropout(_Alpha):
    """Sets numbers to -1.758 with probability `p` in training, where `selu` ends.

    All are then scaled and shifted, so that mean and variance stay as they were.
    """

    torch: ClassVar = "nn.AlphaDropout"


class FeatureAlphaDropout(_Alpha):
    """Does with whole channels of N×C×… what `alpha_dropout` does with single numbers."""

    torch: ClassVar = "nn.FeatureAlphaDropout"
    least_rank: ClassVar = 2


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

    def shifts_variance(self) -> bool:
        """Say whether anything is dropped."""
        return self.p > 0
