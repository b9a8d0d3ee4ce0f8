"""`expand`."""

from collections.abc import Mapping
from typing import ClassVar

from archspec.diagnostics import RankMismatch, ShapeMismatch
from archspec.dimensions import Size, equal
from archspec.ops.functions import FreeFunction
from archspec.ops.python_text import unpacked
from archspec.ops.sizes import ExpandedShape
from archspec.shapes import Require
from archspec.tensors import Tensor


class Expand(FreeFunction):
    """Repeats its input along dimensions of size 1, and along new ones before the first."""

    torch: ClassVar = "torch.Tensor.expand"
    example: ClassVar = {"size": [-1, 4, -1]}
    example_inputs: ClassVar = (((1, 8), "float32"),)

    size: ExpandedShape

    def outputs(self, require: Require, *inputs: Tensor) -> tuple[Tensor, ...]:
        """Give `size`, in which -1 keeps what the input has."""
        (x,) = inputs
        added = len(self.size) - x.rank
        if added < 0 or -1 in self.size[:added]:
            raise RankMismatch(
                f"`expand` needs a size for each dimension: {len(self.size)} sizes, of which new "
                f"ones are no -1, for {x.rank} dimensions",
                label=f"reads {x}",
            )
        pairs = zip(x.shape, self.size[added:], strict=True)
        kept = (self._expanded(require, size, wanted) for size, wanted in pairs)
        return (x.reshaped(*self.size[:added], *kept),)

    def call(self, inputs: tuple[str, ...], arguments: Mapping[str, str]) -> str:
        """Write `x.expand(x.shape[0], -1, -1)`."""
        return f"{inputs[0]}.expand({unpacked(arguments['size'])})"

    def _expanded(self, require: Require, size: Size, wanted: Size) -> Size:
        if wanted == -1:
            return size
        if size != 1 and not require(equal(size, wanted)):
            raise ShapeMismatch(
                f"`expand` repeats only along dimensions of size 1, not {size} to {wanted}"
            )
        return wanted
