"""What operations share that move the places of an image: channels, height and width come last."""

from typing import ClassVar

from archspec.diagnostics import RankMismatch
from archspec.ops.operation import FreeOperation, Sizes
from archspec.tensors import Tensor


class ImageOperation(FreeOperation):
    """A module over images N×C×H×W of any dtype; more dimensions may stand before the channels."""

    spatial: ClassVar = True

    @classmethod
    def infer(cls, *inputs: Tensor) -> Sizes:
        """Infers nothing; takes a batch, channels, height and width."""
        if inputs[0].rank < 4:
            raise RankMismatch(
                f"`{cls.op()}` takes a tensor of 4 or more dimensions, not of {inputs[0].rank}",
                label=f"reads {inputs[0]}",
                notes=("the batch is one of the dimensions: N×C×H×W has 4",),
            )
        return {}
