"""`layer_norm`."""

from collections.abc import Mapping
from typing import Annotated, ClassVar, Literal

from archspec.dimensions import Size
from archspec.ops.activation import FloatingOperation
from archspec.ops.fields import NUMBER_ONLY, Positive
from archspec.ops.normalisation import scale_and_shift
from archspec.ops.operation import (
    Sizes,
    check_floating,
    check_has_dimensions,
    check_rank,
    without_halves,
)
from archspec.tensors import Tensor

_SOURCE = '''class LayerNorm2d(nn.LayerNorm):
    """Normalises the channels of N×C×H×W at each place."""

    def forward(self, input: torch.Tensor) -> torch.Tensor:
        return super().forward(input.permute(0, 2, 3, 1)).permute(0, 3, 1, 2)
'''


class LayerNorm(FloatingOperation):
    """Normalises over the last dimension, then scales and shifts each feature.

    With `dim: 1` over the channels of N×C×H×W, as torchvision's `LayerNorm2d` does.
    """

    torch: ClassVar = "nn.LayerNorm"
    memory: ClassVar = "own"
    inferred: ClassVar = ("normalized_shape",)
    choosing: ClassVar = frozenset(["dim"])

    eps: Positive = 1e-5
    elementwise_affine: bool = True
    bias: bool = True
    dim: Annotated[Literal[-1, 1], NUMBER_ONLY] = -1

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """`normalized_shape` is the last dimension, unless `dim` says another."""
        check_floating(cls, inputs[0])
        check_has_dimensions(cls, inputs[0])
        return {"normalized_shape": inputs[0].features}

    def read_off(self, *inputs: Tensor) -> Sizes:
        """Give the size of the dimension that is normalised."""
        if self.dim == -1:
            return self.infer(*inputs)
        check_rank(type(self), inputs[0], 4)
        check_floating(type(self), inputs[0])
        return {"normalized_shape": inputs[0].channels}

    def constructor(self) -> str:
        """Give PyTorch's class, or the one that `definition` defines."""
        return self.torch if self.dim == -1 else "LayerNorm2d"

    def definition(self) -> str:
        """Define `LayerNorm2d` where it is used."""
        return "" if self.dim == -1 else _SOURCE

    def normalised(self, *inputs: Tensor) -> Size:
        """Count the features at one place."""
        return inputs[0].shape[self.dim]

    def centred_dim(self, *inputs: Tensor) -> int | None:
        """Say which of channels and features each has a mean of its own at each place."""
        if self.dim == 1:
            return 3
        return 1 if inputs[0].rank > 2 else None

    def as_weights(self, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Leave out numbers of 16 bits, which may stand beside weights of 32."""
        return without_halves(*inputs)

    def weights(self, inferred: Mapping[str, int]) -> Mapping[str, tuple[int, ...]]:
        """One factor and, with `bias`, one shift a feature."""
        return scale_and_shift(inferred["normalized_shape"], self.elementwise_affine, self.bias)
